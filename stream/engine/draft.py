"""What one chunk changes in one partition, before it is committed."""

from dataclasses import dataclass, field
from functools import cached_property

from features.profile import Profile
from features.store.port import Commit, Fence
from stream.engine.caches import Live
from stream.engine.record import Outgoing, Record, pack_outbox


@dataclass
class Draft:
    """Collects a partition's part of a chunk; `watermarks` begins as what the fence says and moves with each record."""

    partition: int
    before: Fence
    watermarks: dict[str, int]
    known: dict[str, Profile]
    profiles: dict[str, Profile | None] = field(default_factory=dict)
    live: dict[str, Live | None] = field(default_factory=dict)
    crashes_cleared: list[Record] = field(default_factory=list)
    sent_bytes: int = 0
    _outgoing: list[tuple[tuple[str, int], Outgoing]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._handled = sum(self.watermarks.values())

    def next_seq(self) -> int:
        """Count one more record of this partition number and return how many had been handled before it."""
        self._handled += 1
        return self._handled - 1

    def knows(self, customer: str) -> bool:
        """Tell whether something is kept of the customer here, or was until this chunk."""
        return customer in self.known or customer in self.profiles

    def profile(self, customer: str, fallback: Profile) -> Profile:
        """Return the customer's profile as this chunk has left it so far."""
        if customer in self.profiles:
            return self.profiles[customer] or fallback
        return self.known.get(customer, fallback)

    def send(self, record: Record, outgoing: Outgoing) -> None:
        """Add a record that `record` causes."""
        self.sent_bytes += outgoing.size_bytes
        self._outgoing.append(((record.topic, record.offset), outgoing))

    def advance(self, record: Record) -> None:
        """Move the watermark past `record`, where events of a customer may be handled out of order within the chunk."""
        self.watermarks[record.topic] = max(self.watermarks.get(record.topic, 0), record.offset + 1)

    @cached_property
    def outgoing(self) -> list[Outgoing]:
        """What is to be sent, in the order of the records that caused it; asked for once nothing more comes."""
        return [outgoing for _, outgoing in sorted(self._outgoing, key=lambda entry: entry[0])]

    def commit(self) -> Commit:
        """Return all of this as one atomic write."""
        cleared = [record.address_in_partition for record in self.crashes_cleared]
        after = Fence(dict(self.watermarks), self.before.epoch)
        return Commit(self.partition, self.before, after, self.profiles, pack_outbox(self.outgoing), cleared)
