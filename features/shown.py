"""What was said to a customer and how he took it: counts for caps, dismissals, pauses."""

from collections.abc import Iterable

from features.newest import keep_newest
from features.profile import Shown, ShownList

DAY_MS = 24 * 60 * 60 * 1000
MAX_DISMISSED = 50
MAX_LISTS = 10  # the contract knows seven
WHOLE_LIST = "list:"  # a dismissal of a list as such; without an id after it, of all of them


def said(shown: Shown, list_ids: Iterable[str], *, session: str, now_ms: int) -> Shown:
    """Return `shown` with each list counted as sent once more in `session` (its key) and on the day of `now_ms` (UTC).

    Only the latest session and day of a list are counted, another one begins anew. The list sent last stands last.
    """
    lists = {one.item_list_id: one for one in shown.lists}
    today = now_ms // DAY_MS
    for list_id in list_ids:
        in_session, in_day = _counts(lists.pop(list_id, None), session, today)
        lists[list_id] = ShownList(list_id, session, in_session + 1, today, in_day + 1)
    return Shown(tuple(lists.values())[-MAX_LISTS:], shown.impressions, shown.dismissed, shown.paused_until_ms)


def times_shown(shown: Shown, list_id: str, session: str, now_ms: int) -> tuple[int, int]:
    """Return how often the list was sent: within the session, and on the day of `now_ms`."""
    for one in shown.lists:
        if one.item_list_id == list_id:
            return _counts(one, session, now_ms // DAY_MS)
    return 0, 0


def _counts(one: ShownList | None, session: str, day: int) -> tuple[int, int]:
    if one is None:
        return 0, 0
    return one.in_session if one.session == session else 0, one.in_day if one.day == day else 0


def seen(shown: Shown) -> Shown:
    """Return `shown` with one more impression: a suggestion that was really on screen."""
    return Shown(shown.lists, shown.impressions + 1, shown.dismissed, shown.paused_until_ms)


def dismissed(shown: Shown, item_ids: Iterable[str], list_id: str | None, at_ms: int) -> Shown:
    """Return `shown` with these items turned down, or without any the list, or without both every list."""
    names = dict.fromkeys(item_ids) or (WHOLE_LIST + (list_id or ""),)
    kept = keep_newest(shown.dismissed, [(name, at_ms) for name in names], lambda one: (one[1], one[0]), MAX_DISMISSED)
    return Shown(shown.lists, shown.impressions, kept, shown.paused_until_ms)


def items_dismissed(shown: Shown, now_ms: int, *, within_ms: int) -> frozenset[str]:
    """Return the items turned down at most `within_ms` before `now_ms`."""
    since = now_ms - within_ms
    return frozenset(name for name, at_ms in shown.dismissed if at_ms >= since and not name.startswith(WHOLE_LIST))


def list_dismissed(shown: Shown, list_id: str, now_ms: int, *, within_ms: int) -> bool:
    """Return whether this list, or every list, was turned down at most `within_ms` before `now_ms`."""
    since, names = now_ms - within_ms, (WHOLE_LIST + list_id, WHOLE_LIST)
    return any([at_ms >= since and name in names for name, at_ms in shown.dismissed])


def times_dismissed(shown: Shown, now_ms: int, *, within_ms: int) -> int:
    """Return how many times something was turned down at most `within_ms` before `now_ms`; several items at once are one time."""
    since = now_ms - within_ms
    return len({at_ms for _, at_ms in shown.dismissed if at_ms >= since})


def paused(shown: Shown, until_ms: int) -> Shown:
    """Return `shown` with silence kept until `until_ms`, or longer where that was agreed already."""
    return Shown(shown.lists, shown.impressions, shown.dismissed, max(until_ms, shown.paused_until_ms))


def is_paused(shown: Shown, now_ms: int) -> bool:
    """Return whether nothing is to be said now."""
    return now_ms < shown.paused_until_ms
