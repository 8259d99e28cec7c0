"""Named flat arrays, made a piece at a time, so that whoever makes them can do something else in between."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from sys import intern
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Piece = tuple[str, Array]  # column, rows of it; the pieces of a column are put end to end
Columns = Mapping[str, Array]

PIECE_BYTES = 2**20  # of an array that is copied at once: a fraction of a millisecond
ENTRIES = 1_000  # Python objects that are looked at for a piece: a millisecond at most


def array_pieces(column: str, array: Array) -> Iterator[Piece]:
    """Yield copies of the array's rows, at least one piece, which tells the type of a column without rows."""
    rows = max(1, PIECE_BYTES // max(1, array[:1].nbytes))
    for start in range(0, max(1, len(array)), rows):
        yield column, array[start : start + rows].copy()


def text_pieces(column: str, texts: Sequence[str]) -> Iterator[Piece]:
    """Yield `column`.text, UTF-8, and `column`.lengths, in characters."""
    for chunk in _chunks(texts):
        yield f"{column}.text", np.frombuffer("".join(chunk).encode("utf-8", "surrogatepass"), np.uint8)
        yield f"{column}.lengths", np.array([len(text) for text in chunk], np.int32)


def texts_of(columns: Columns, column: str) -> list[str]:
    """Return the texts that `text_pieces` was given, each interned: the same name is held once, wherever it stands."""
    whole = columns[f"{column}.text"].tobytes().decode("utf-8", "surrogatepass")
    ends = accumulate(columns[f"{column}.lengths"].tolist(), initial=0)
    return [intern(whole[start:end]) for start, end in pairwise(ends)]


def ragged_pieces(column: str, keys: Iterable[int], arrays: Iterable[Array], kind: type[np.generic]) -> Iterator[Piece]:
    """Yield `column`.keys, .lengths and .values: arrays of any length, each under a number."""
    for batch in _batches(zip(keys, arrays, strict=True)):
        yield f"{column}.keys", np.array([key for key, _ in batch], np.int64)
        yield f"{column}.lengths", np.array([len(array) for _, array in batch], np.int64)
        yield f"{column}.values", np.concatenate([np.empty(0, kind), *(array for _, array in batch)], dtype=kind)


def ragged_of(columns: Columns, column: str) -> Iterator[tuple[int, Array]]:
    """Yield (key, array) as `ragged_pieces` was given them; the arrays are views that cannot be kept and changed."""
    ends = np.cumsum(columns[f"{column}.lengths"], dtype=np.int64).tolist()
    values = columns[f"{column}.values"]
    for key, (start, end) in zip(columns[f"{column}.keys"].tolist(), pairwise([0, *ends]), strict=True):
        yield key, values[start:end]


class Names:
    """Names as numbers, in the order in which they were first asked for, so that each is written once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, names: Iterable[str]) -> NDArray[np.int32]:
        """Return the names' numbers."""
        numbers = self._numbers
        return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int32)

    def column(self, column: str, names: Sequence[str]) -> Iterator[Piece]:
        """Yield a column of the names' numbers."""
        for chunk in _chunks(names):
            yield column, self.of(chunk)

    def pieces(self, column: str) -> Iterator[Piece]:
        """Yield the names themselves, once all were asked for."""
        return text_pieces(column, list(self._numbers))


def named(columns: Columns, column: str, names: Sequence[str]) -> list[str]:
    """Return the names that a column of numbers stands for."""
    return [names[number] for number in columns[column].tolist()]


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, max(1, len(items)), ENTRIES):
        yield items[start : start + ENTRIES]


def _batches(entries: Iterable[tuple[int, Array]]) -> Iterator[list[tuple[int, Array]]]:
    """Yield the entries in lists of so many or so many bytes, the last one perhaps empty."""
    batch: list[tuple[int, Array]] = []
    held_bytes = 0
    for entry in entries:
        batch.append(entry)
        held_bytes += entry[1].nbytes
        if len(batch) == ENTRIES or held_bytes >= PIECE_BYTES:
            yield batch
            batch, held_bytes = [], 0
    yield batch
