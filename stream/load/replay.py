"""A log without end: read line by line, and from its beginning again where it is over."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from stream.contracts.events import Event
from stream.engine.who import Pseudonymise
from stream.errors import LogError
from stream.logs import read_events


class Replay:
    """Yields (round, event) for ever; nothing but the current line is kept in memory.

    `left_out` counts the lines that cannot be read, in the first round.

    Raises:
        LogError: at once where the log holds no event; later where its file cannot be read on.
    """

    def __init__(self, path: Path, pseudonymise: Pseudonymise) -> None:
        self.left_out = 0
        self._path, self._pseudonymise = path, pseudonymise
        if next(read_events(path, pseudonymise, refused=_ignored), None) is None:
            raise LogError(str(path), 0, "holds no event: is it a log in the shop's contract, one event a line?")

    def __iter__(self) -> Iterator[tuple[int, Event]]:
        for turn in count():
            for event in read_events(self._path, self._pseudonymise, refused=_ignored if turn else self._refused):
                yield turn, event

    def _refused(self, error: LogError) -> None:
        self.left_out += 1


def _ignored(error: LogError) -> None:
    """Leave the line out."""
