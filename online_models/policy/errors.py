"""What can be wrong with a policy file, said so that it can be put right."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from msgspec import Struct, ValidationError
from msgspec.structs import fields

from online_models.policy.toml_lines import Path, line_of

_WHAT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)
_KEYS = re.compile(r"\.(?P<key>[^.\[]+)|\[(?P<index>\d+)\]")
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`")
_OF_KEY = re.compile(r"^(?P<name>\w+): (?P<what>.*)$", re.DOTALL)  # how a struct's own check names one of its keys
MADE = "version"  # is made, not written


class PolicyError(Exception):
    """The policy cannot be used as it stands; the message names the file, the line where there is one, the key and what to do."""

    retriable = False


def where(name: str, line: int | None) -> str:
    """Return `file:line`, as editors and compilers write it."""
    return name if line is None else f"{name}:{line}"


def text_of(content: bytes, *, name: str) -> str:
    """Return the text of a file. Raises PolicyError where it is not UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{where(name, line)}: is not UTF-8 ({error.reason}); save the file as UTF-8") from error


def explain(error: ValidationError, policy: type, *, text: str, name: str) -> str:
    """Return `file:line: key: what is wrong; what to do` for an error of decoding a `policy` from TOML."""
    said = _WHAT.match(str(error))
    what, place = (said["what"], said["place"] or "$") if said else (str(error), "$")
    path: Path = tuple(found["key"] or int(found["index"]) for found in _KEYS.finditer(place))
    path, sentence = _of_key(what, path, _keys_at(policy, path))
    return f"{where(name, line_of(text, path))}: {_dotted(path)}: {sentence}" if path else f"{name}: {sentence}"


def _of_key(what: str, path: Path, known: list[str]) -> tuple[Path, str]:
    """Return the path of the key that is meant, and what is wrong with it and what to do."""
    if unknown := _UNKNOWN.search(what):
        near = get_close_matches(unknown["name"], known, n=1, cutoff=0.5)
        cure = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return (*path, unknown["name"]), f"no such key; {cure}"
    if missing := _MISSING.search(what):
        return (*path, missing["name"]), "is missing; write it down"
    if (own := _OF_KEY.match(what)) and own["name"] in known:
        return (*path, own["name"]), own["what"]
    if "timezone" in what or "Expected `datetime`" in what:
        return path, "needs a date, a time and an offset; write it as 2025-11-28T00:00:00+09:00"
    return path, f"{what[:1].lower()}{what[1:]}; correct the value or take the key out"


def _dotted(path: Path) -> str:
    """Return a path as a person reads it: `campaigns[1].starts`, counted from 0."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def _keys_at(policy: Any, path: Path) -> list[str]:
    """Return the keys that may stand in the table at `path`; none where there is no table."""
    kinds = [policy]
    for key in path:
        steps = [struct for kind in kinds for struct in _structs(kind)]
        if not isinstance(key, int):
            kinds = [field.type for struct in steps for field in fields(struct) if field.name == key]
    return [field.name for kind in kinds for struct in _structs(kind) for field in fields(struct) if field.name != MADE]


def _structs(kind: Any) -> Iterator[type[Struct]]:
    """Yield the structs that a type may hold: itself, one of a union, the entries of an array."""
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield kind
    elif get_origin(kind) in (Annotated, Union, UnionType, tuple, list, frozenset):
        for inner in get_args(kind)[: 1 if get_origin(kind) is Annotated else None]:
            yield from _structs(inner)
