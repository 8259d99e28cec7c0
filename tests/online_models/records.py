"""Answered events, as short as tests want to write them."""

from collections.abc import Iterable

from features.catalog import Catalog
from features.profile import EMPTY, Profile
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Ranked, Request
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered

NOON_MS = 1_763_812_800_000
SECOND_MS = 1000


def remembered(
    offset: int,
    *items: str,
    customer: str = "ana",
    session: str = "s1",
    event: str = "view_item",
    at_ms: int | None = None,
    category: str | None = None,
    price: float | None = None,
) -> MemoryRecord:
    """Return a record at `offset`, one second after the one before unless `at_ms` says otherwise."""
    at_ms = NOON_MS + offset * SECOND_MS if at_ms is None else at_ms
    lines = tuple(Remembered(item, price, category) for item in items)
    bought = f"t{offset}" if event == "purchase" else None
    return MemoryRecord(Origin("shop", 0, offset), customer, session, event, at_ms, lines, bought)


def walks(*sessions: str, **categories: str) -> list[MemoryRecord]:
    """Return views, one session after the other; "tea cup" of customer c0, then c1's, and so on."""
    steps = [(number, item) for number, words in enumerate(sessions) for item in words.split()]
    return [
        remembered(offset, item, customer=f"c{number}", session=f"s{number}", category=categories.get(item))
        for offset, (number, item) in enumerate(steps)
    ]


def memory_of(records: Iterable[MemoryRecord], **options: int) -> SharedMemory:
    """Return a memory that has taken the records in."""
    memory = SharedMemory(**options)
    for record in records:
        assert memory.take_in(record)
    return memory


def browse(memory: SharedMemory, *anchors: str, profile: Profile = EMPTY, catalog: Catalog | None = None, **options: object) -> Ranked:
    """Return what is ranked with the start weights for a new session at noon the next day."""
    request = Request("browse", anchors, **options)  # type: ignore[arg-type]
    return rank(request, profile, memory, catalog or Catalog(), Weights.start(), NOON_MS + 24 * 3600 * SECOND_MS)
