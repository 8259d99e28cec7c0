"""Lines that are left out, told one by one and kept in a file, so that they can be mended and read again."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import msgspec
from msgspec import Struct

from stream.archive.formats.archived import Part, part_of
from stream.archive.writing import for_its_owner, writable
from stream.errors import LogError

SUFFIX = ".rejects.jsonl"
SHOWN = 20


class Reject(Struct, frozen=True):
    """A line that cannot be taken; `text` is it whole, as base64 where it is no UTF-8."""

    path: str
    line: int
    reason: str
    text: Part

    @classmethod
    def of(cls, path: str, line: int, reason: str, content: bytes) -> "Reject":
        """Return the reject of these bytes."""
        return cls(path, line, reason, part_of(content))

    def __str__(self) -> str:
        """Return path, line and reason."""
        return f"{self.path}:{self.line}: {self.reason}"


Refused = Callable[[Reject], None]


def raising(reject: Reject) -> None:
    """Let the first line that cannot be taken end the reading. Raises LogError."""
    raise LogError(reject.path, reject.line, f"{reject.reason}.")


class RejectsFile:
    """Adds lines to a file as they are refused, called with one reject after the other; `count` of them, the `first` few kept.

    Without any there is no file; an old one of the same name goes.

    Raises:
        LogError: the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self.first: list[Reject] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        with writable(self.path):
            self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            with writable(self.path):
                self._file.close()

    def __call__(self, reject: Reject) -> None:
        """Add one."""
        with writable(self.path):
            if self._file is None:
                self._file = open(self.path, "wb", opener=for_its_owner)  # noqa: SIM115 - closed on leaving
            self._file.write(msgspec.json.encode(reject) + b"\n")
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(reject)
