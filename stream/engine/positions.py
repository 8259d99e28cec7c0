"""Where each partition stands, and the contiguity rule that keeps a late fetch from losing or repeating events."""

from collections.abc import Mapping, Sequence

from stream.engine.record import Record, TopicPartition

Offsets = dict[TopicPartition, int]


class Positions:
    """The next offset of every partition that is ours.

    A fetch may have been under way while we sought elsewhere. What lies before the position is dropped; what begins
    beyond it is dropped too and sought back, because to go on from there would lose what lies between. The same hole
    coming back at once is real (compaction, transaction markers, a retention that was too short) and is accepted.
    """

    def __init__(self) -> None:
        self.next: Offsets = {}
        self._holes: dict[TopicPartition, tuple[int, int]] = {}

    def place(self, targets: Mapping[TopicPartition, int]) -> None:
        """Stand at these offsets."""
        for at, offset in targets.items():
            self.next[at] = offset
            self._holes.pop(at, None)

    def leave(self, kept: Sequence[TopicPartition] = ()) -> None:
        """Forget every partition but the kept ones."""
        self.next = {at: self.next[at] for at in kept if at in self.next}
        self._holes = {}

    def contiguous(self, fetched: Mapping[TopicPartition, Sequence[Record]]) -> tuple[dict[TopicPartition, Sequence[Record]], Offsets]:
        """Return what may be worked, and where to seek because a fetch began too far on."""
        good: dict[TopicPartition, Sequence[Record]] = {}
        seeks: Offsets = {}
        for at, records in fetched.items():
            position = self.next.get(at)
            if position is None:
                continue
            ahead = [record for record in records if record.offset >= position]
            if not ahead:
                continue
            hole = (position, ahead[0].offset)
            if ahead[0].offset > position and self._holes.get(at) != hole:
                self._holes[at] = hole
                seeks[at] = position
            else:
                self._holes.pop(at, None)
                good[at] = ahead
        return good, seeks
