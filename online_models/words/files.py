"""The shop's texts, read from a folder with one TOML file a language and checked before anything is said with them."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from tomllib import TOMLDecodeError, loads
from typing import Any

from online_models.policy.errors import PolicyError
from online_models.words.texts import COUNTED, FALLBACK, OFFERED, Template, Texts, Words

LANGUAGE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
Templates = dict[str, Template]


class TextsError(PolicyError):
    """A file of texts cannot be used as it stands; the message names the file, the line, the text and what to do."""


@lru_cache(maxsize=1)
def shipped() -> Texts:
    """Return the texts that come with the package: English and Japanese."""
    return _merged([_read(files("deploy").joinpath("texts"))])


def texts_of(folder: Traversable) -> Texts:
    """Return the texts of a shop's folder; what it leaves out is as it is shipped, else English. Raises TextsError."""
    if not folder.is_dir():
        raise TextsError(f"{folder}: is no folder; let the policy's `texts` name one, from the policy file on, or take the key out")
    own = _read(folder)
    if not own:
        raise TextsError(f"{folder}: holds no texts; put a file such as en.toml or de.toml there, as deploy/texts/en.toml is one")
    return _merged([_read(files("deploy").joinpath("texts")), own])


def _read(folder: Traversable) -> dict[str, tuple[str, bytes, Templates]]:
    """Return the folder's files: tag in small letters -> (tag, bytes, texts)."""
    found = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        tag, dot, ending = file.name.rpartition(".")
        if ending != "toml" or not dot:
            continue
        if not LANGUAGE.match(tag):
            raise TextsError(f"{file}: is not named after a language; call it en.toml, de.toml or pt-BR.toml, or move it elsewhere")
        content = file.read_bytes()
        found[tag.lower()] = tag, content, dict(_templates(str(file), content))
    return found


def _merged(folders: Sequence[dict[str, tuple[str, bytes, Templates]]]) -> Texts:
    """Return every language whole: English, then the language, then the region, and of each what is shipped before the shop's own."""
    names = {key: tag for folder in folders for key, (tag, _, _) in folder.items()}
    languages = {}
    for key, tag in sorted(names.items()):
        parts = key.split("-")
        own: Templates = {}
        for step in range(1, len(parts) + 1):
            own |= _of(folders, "-".join(parts[:step]))
        whole = _of(folders, FALLBACK) | own
        languages[key] = Words(tag, whole, tuple(sorted(whole.keys() - own.keys())))
    content = b"".join(b"%s\0%d\0%s" % (key.encode(), len(said), said) for folder in folders for key, (_, said, _) in folder.items())
    return Texts(languages, sha256(content).hexdigest())


def _of(folders: Sequence[dict[str, tuple[str, bytes, Templates]]], key: str) -> Templates:
    found: Templates = {}
    for folder in folders:
        found |= folder[key][2] if key in folder else {}
    return found


def _templates(name: str, content: bytes) -> Iterator[tuple[str, Template]]:
    """Yield the texts of one file as (section.key, template). Raises TextsError."""
    try:
        said = loads(content.decode())
    except (TOMLDecodeError, UnicodeDecodeError) as error:
        raise TextsError(f"{name}: is not TOML: {error}; compare the line with deploy/texts/en.toml") from error
    for section, texts in said.items():
        if section not in OFFERED or not isinstance(texts, dict):
            raise TextsError(f"{_at(name, content, section)}: no such section; {_near(section, OFFERED)}")
        for key, text in texts.items():
            where = f"{_at(name, content, section, key)}: {section}.{key}"
            if key not in OFFERED[section]:
                raise TextsError(f"{where}: no such text; {_near(key, OFFERED[section])}")
            yield f"{section}.{key}", _template(text, OFFERED[section][key], where)


def _template(text: Any, offered: tuple[str, ...], where: str) -> Template:
    if isinstance(text, str):
        _check(text, offered, where)
        return Template(text)
    if not isinstance(text, dict) or set(text) != {"one", "other"}:
        raise TextsError(f"{where}: is no sentence; write it in quotation marks, or as {{one = ..., other = ...}}")
    for form in text.values():
        if not isinstance(form, str):
            raise TextsError(f"{where}: a form is no sentence; write both in quotation marks")
        _check(form, offered, where)
    counted = next((field for field in _fields(text["other"]) if field in COUNTED), None)
    if counted is None:
        raise TextsError(f"{where}: counts nothing, so it has no form for one; write one sentence in quotation marks")
    return Template(text["other"], text["one"], counted)


def _check(text: str, offered: tuple[str, ...], where: str) -> None:
    """Raise TextsError unless the text says something and quotes only what is offered."""
    known = ", ".join(f"{{{one}}}" for one in offered) or "nothing"
    if not text.strip():
        raise TextsError(f"{where}: says nothing; write a sentence or take the key out")
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise TextsError(f"{where}: {error}; write a brace that is to be read twice, as {{{{ or }}}}") from error
    for _, field, form, conversion in parts:
        if field is None:
            continue
        if field not in offered:
            raise TextsError(f"{where}: {{{field}}} is not known here; it may quote {known}")
        if form or conversion:
            raise TextsError(f"{where}: {{{field}}} is filled in as it stands; take away what follows the name within the braces")


def _fields(text: str) -> list[str]:
    return [field for _, field, _, _ in Formatter().parse(text) if field]


def _near(name: str, known: Any) -> str:
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"


def _at(name: str, content: bytes, section: str, key: str | None = None) -> str:
    """Return `file:line` of a section or of a key in it; the file alone where the file is written in an unusual way."""
    inside = ""
    for number, line in enumerate(content.decode().splitlines(), 1):
        head = re.match(r"\s*\[\s*\"?([^\]\"]+?)\"?\s*\]", line)
        inside = head[1] if head else inside
        if key is None and (inside == section or re.match(rf"\s*\"?{re.escape(section)}\"?\s*[=.]", line)):
            return f"{name}:{number}"
        if key is not None and inside == section and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
            return f"{name}:{number}"
    return name
