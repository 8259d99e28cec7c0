"""The session that a question is about, in the memory's own numbers."""

from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from features.catalog import Catalog
from features.profile import Profile
from online_models.memory.sessions import NOTHING
from online_models.memory.shared import SharedMemory
from online_models.request import Request


class Situation(Struct, frozen=True):
    """One session as it stands.

    `anchors`: (steps back, item) of its distinct items, newest first, as far as the memory knows them; `on_screen`: the newest, -1 when
    unknown; `own`: what `SessionMemory.starts` holds for its rows; `category` of the item on screen and of the one before, -1 when unknown;
    `times`: how often its items were touched; `followers`: items that came right after the one on screen before.
    """

    anchors: Sequence[tuple[int, int]]
    on_screen: int
    own: int
    category: int
    category_before: int
    times: dict[str, int]
    followers: frozenset[str]
    now_ms: int


def situation(request: Request, profile: Profile, memory: SharedMemory, catalog: Catalog, now_ms: int) -> Situation:
    """Return what the request says, completed from the profile's newest touches."""
    known, find = memory.popularity.known, memory.items.find
    anchors = [(back, item) for back, item_id in enumerate(request.anchors) if known(item := find(item_id)) and item is not None]
    steps = _steps(request, profile)
    times: dict[str, int] = {}
    for item_id in steps:
        times[item_id] = times.get(item_id, 0) + 1
    screen, before = (*request.anchors[:2], None, None)[:2]
    return Situation(
        anchors=anchors,
        on_screen=anchors[0][1] if anchors and anchors[0][0] == 0 else NOTHING,
        own=memory.sessions.start_of(request.session),
        category=category_number(screen, request.category, memory, catalog),
        category_before=category_number(before, None, memory, catalog),
        times=times,
        followers=frozenset([after for earlier, after in pairwise(steps) if earlier == screen]),
        now_ms=now_ms,
    )


def _steps(request: Request, profile: Profile) -> list[str]:
    """Return the session's touches as far as the profile still holds them, oldest first; none that only know the item on screen."""
    if not profile.recent or len(request.anchors) < 2:
        return []
    session, items = profile.recent[-1].session, frozenset(request.anchors)
    return [touch.item_id for touch in profile.recent if touch.session == session and touch.item_id in items]


def category_number(item_id: str | None, named: str | None, memory: SharedMemory, catalog: Catalog) -> int:
    """Return the memory's number of the item's category: as remembered events name it, else as the newest does, else the catalogue."""
    if item_id is None:
        return NOTHING
    number = memory.items.find(item_id)
    if number is not None and memory.categories.of[number] != NOTHING:
        return int(memory.categories.of[number])
    name = named or catalog.category(item_id)
    known = None if name is None else memory.categories.names.find(name)
    return NOTHING if known is None else known
