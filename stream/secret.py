"""Secrets: texts that show themselves only when asked, given by a variable or by the file that another variable names."""

from collections.abc import Mapping
from pathlib import Path

from stream.errors import SettingsError

MIN_SECRET = 16  # characters: below that a secret is guessed from a list of known ids
HOW = "for example what `openssl rand -hex 32` prints"


class Secret:
    """A text that shows itself only when asked: printing, logging and formatting give asterisks."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> bytes:
        """Return the secret as UTF-8 bytes."""
        return self._text.encode()

    def __repr__(self) -> str:
        return "Secret('***')"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def file_of(variable: str) -> str:
    """Return the variable that may name a file with the secret in it instead."""
    return f"{variable}_FILE"


def read_secret(variable: str, given: Mapping[str, str], *, least: int = MIN_SECRET) -> Secret:
    """Return the secret that `variable`, or the file that its `_FILE` names, holds: `least` characters or more. Raises SettingsError."""
    file = file_of(variable)
    if variable in given and file in given:
        raise SettingsError(f"Both {variable} and {file} are set: take one of them away.")
    name = variable if variable in given else file
    text = (given[variable] if variable in given else _content(file, given[file])).strip()
    if not text:
        raise SettingsError(f"{name} is empty: write the secret into it.")
    if len(text) < least:
        raise SettingsError(f"{name} has {len(text)} characters: use at least {least}, {HOW}.")
    return Secret(text)


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError(f"{variable} cannot be read: {fault}. Give the path of a readable text file.") from fault
