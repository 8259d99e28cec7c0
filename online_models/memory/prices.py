"""What an item was last seen to cost."""

from collections.abc import Sequence
from sys import intern

from stream.contracts.memory import MemoryRecord

KEPT = 8  # customers an item: after one is forgotten the price is what the others saw


class Prices:
    """The price that each of the last few customers saw for an item; index -> price, by `get`."""

    def __init__(self) -> None:
        self._seen: dict[int, list[tuple[int, str, float]]] = {}  # item -> (ms, customer, price), newest last

    def get(self, item: int) -> float | None:
        """Return the newest price seen, None where no event named one."""
        seen = self._seen.get(item)
        return seen[-1][2] if seen else None

    def take_in(self, record: MemoryRecord, indices: Sequence[int]) -> None:
        """Note the prices that the record names; of two at the same time the later one to arrive counts."""
        for line, item in zip(record.items, indices, strict=True):
            if line.price is None:
                continue
            seen = self._seen.get(item, ())
            if any(one[1] == record.customer and one[0] > record.event_time_ms for one in seen):
                continue
            others = [one for one in seen if one[1] != record.customer]
            others.append((record.event_time_ms, intern(record.customer), line.price))
            others.sort(key=lambda one: one[0])
            self._seen[item] = others[-KEPT:]

    def forget(self, customer: str) -> None:
        """Take out what the customer saw. O(items)."""
        for item, seen in list(self._seen.items()):
            others = [one for one in seen if one[1] != customer]
            if others:
                self._seen[item] = others
            else:
                del self._seen[item]
