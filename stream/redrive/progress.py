"""Which letters of a partition are done with, whatever was chosen of them: an offset, and spans beyond it in its metadata; no I/O."""

from collections.abc import Iterable
from typing import Self

from msgspec import Struct

Span = tuple[int, int]  # first and last offset


class Done(Struct, frozen=True):
    """All letters before `next` are done with, and those in the spans, which lie beyond it in order and apart from each other."""

    next: int = 0
    beyond: tuple[Span, ...] = ()

    @classmethod
    def read(cls, offset: int, metadata: str) -> Self:
        """Return what was committed. Raises ValueError for metadata that `metadata` did not write."""
        spans = (text.partition("-") for text in metadata.split(",") if text)
        return cls(offset, tuple((int(first), int(last or first)) for first, _, last in spans))

    @property
    def metadata(self) -> str:
        """What is committed beside `next`, such as `105-110,120`."""
        return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in self.beyond)

    def has(self, offset: int) -> bool:
        """Return whether this letter is done with."""
        return offset < self.next or any(first <= offset <= last for first, last in self.beyond)

    def add(self, offsets: Iterable[int]) -> "Done":
        """Return the same with these letters done with, too."""
        spans = sorted([*self.beyond, *((offset, offset) for offset in offsets if offset >= self.next)])
        return _joined(self.next, spans)

    def since(self, log_start: int) -> "Done":
        """Return the same once retention has deleted what lies before `log_start`."""
        return _joined(max(self.next, log_start), self.beyond)


def _joined(begin: int, spans: Iterable[Span]) -> Done:
    """Return where all is done up to, and the spans beyond it, those that touch made one."""
    apart: list[Span] = []
    for first, last in spans:
        if first <= begin:
            begin = max(begin, last + 1)
        elif apart and first <= apart[-1][1] + 1:
            apart[-1] = (apart[-1][0], max(apart[-1][1], last))
        else:
            apart.append((first, last))
    return Done(begin, tuple(apart))
