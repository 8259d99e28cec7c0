"""On which line of a TOML text a key stands, which `tomllib` does not tell."""

import re
from collections.abc import Sequence
from tomllib import loads

Path = tuple[str | int, ...]  # ("campaigns", 1, "starts"): keys of tables, places in arrays from 0 on

_BETWEEN = re.compile(r"(?:[\s,]|#[^\n]*)*")  # white space, line ends and comments; in arrays the commas too
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_STRING = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^']|'{1,2}(?!'))*'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*\'''', re.DOTALL
)
_PLAIN = re.compile(r"[^,\]}#\n]+")  # a number, a boolean, a date
_PLACE = re.compile(r"\(at (?:line (?P<line>\d+), column \d+|end of document)\)")


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line, from 1 on, of the key at `path`; where it is not written, of the table that it belongs in.

    `text` must be valid TOML. None where nothing on the way is written, as for a key that is missing at the top. O(text).
    """
    lines = lines_of(text)
    return next((lines[tuple(path[:end])] for end in range(len(path), 0, -1) if tuple(path[:end]) in lines), None)


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of every key, table and array entry of a valid TOML text: where it is named first, from 1 on."""
    walk = _Walk(text)
    walk.document()
    return walk.lines


def line_of_error(text: str, said: str) -> int | None:
    """Return the line that a `TOMLDecodeError` names in its message; the end of the document is the last line that holds anything."""
    place = _PLACE.search(said)
    if place is None:
        return None
    return int(place["line"]) if place["line"] else text.rstrip().count("\n") + 1


class _Walk:
    """One pass over a text that `tomllib` has accepted, so that only what may stand at a place is looked for there."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text, self._at = text, 0
        self._tables: dict[Path, int] = {}  # an array of tables -> the place of its newest one

    def document(self) -> None:
        table: Path = ()
        while self._next():
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _next(self) -> str:
        """Go on to what stands next; returns its first character, nothing at the end."""
        self._at = self._after(_BETWEEN)
        return self._text[self._at : self._at + 1]

    def _header(self) -> Path:
        line, many = self._line(), self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        keys = self._keys()
        self._at += 2 if many else 1
        table: Path = ()
        for key in keys[:-1]:
            table = self._newest((*table, key))
            self.lines.setdefault(table, line)
        table = (*table, keys[-1])
        if not many:
            table = self._newest(table)
            self.lines[table] = line
            return table
        self.lines.setdefault(table, line)
        self._tables[table] = self._tables.get(table, -1) + 1
        table = (*table, self._tables[table])
        self.lines[table] = line
        return table

    def _newest(self, table: Path) -> Path:
        return (*table, self._tables[table]) if table in self._tables else table

    def _pair(self, table: Path) -> None:
        line = self._line()
        for key in self._keys():
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._next()
        self._at += 1  # the equals sign
        self._value(table)

    def _keys(self) -> list[str]:
        """Return the parts of a dotted key, and stand behind it."""
        keys = [self._key()]
        while self._next() == ".":
            self._at += 1
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._next()
        start, self._at = self._at, self._after(_KEY)
        part = self._text[start : self._at]
        return str(loads(f"key = {part}")["key"]) if part[0] in "\"'" else part

    def _value(self, path: Path) -> None:
        first = self._next()
        if first == "{":
            self._at += 1
            while self._next() != "}":
                self._pair(path)
            self._at += 1
        elif first == "[":
            self._entries(path)
        else:
            self._at = self._after(_STRING if first in "\"'" else _PLAIN)

    def _entries(self, path: Path) -> None:
        self._at += 1
        place = 0
        while self._next() != "]":
            self.lines[(*path, place)] = self._line()
            self._value((*path, place))
            place += 1
        self._at += 1

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _after(self, what: re.Pattern[str]) -> int:
        found = what.match(self._text, self._at)
        return found.end() if found else self._at
