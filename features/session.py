"""A customer's visit: the touches of one session id, else a chain of touches with no more than 30 minutes between them."""

from zlib import crc32

from msgspec import Struct

from features.profile import SESSION_GAP_MS, Profile, Recent


class Session(Struct, frozen=True):
    """One visit, as far as its touches are still remembered.

    `key`: its name in the shared memory; `items`: distinct, newest first; `times`: how often each was touched, in the same order;
    `length`: all touches.
    """

    key: str
    started_ms: int
    items: tuple[str, ...] = ()
    times: tuple[int, ...] = ()
    length: int = 0


def session_hash(session: str | None) -> int:
    """Return 32 bits that stand for a session's id within one customer's touches; 0 where there is no id, and only there."""
    return crc32(session.encode()) or 1 if session else 0


def session_of(profile: Profile, customer: str, session_id: str | None, at_ms: int) -> Session:
    """Return the session that an event of `at_ms` belongs to, the event's own touches included once it is folded.

    A late event finds the session of its own time, not the running one. Without an id the session is named by customer and start;
    that name lasts while no late event joins it to an earlier chain.
    """
    if session_id:
        hashed = session_hash(session_id)
        touches = [touch for touch in profile.recent if touch.session == hashed]
        return _session(session_id, touches[0].at_ms if touches else at_ms, touches)
    for started_ms, touches in _chains(profile):
        if started_ms - SESSION_GAP_MS <= at_ms <= touches[-1].at_ms + SESSION_GAP_MS:
            return _session(f"{customer}@{started_ms}", started_ms, touches)
    return Session(f"{customer}@{at_ms}", at_ms)


def _chains(profile: Profile) -> list[tuple[int, list[Recent]]]:
    """Return (start, touches) of each unbroken chain; the first may have begun before what is still remembered of it."""
    chains: list[list[Recent]] = []
    for touch in profile.recent:
        if chains and touch.at_ms - chains[-1][-1].at_ms <= SESSION_GAP_MS:
            chains[-1].append(touch)
        else:
            chains.append([touch])
    started = [chain[0].at_ms for chain in chains]
    if profile.chain_ms:
        started[0] = profile.chain_ms
    return list(zip(started, chains, strict=True))


def _session(key: str, started_ms: int, touches: list[Recent]) -> Session:
    times: dict[str, int] = {}
    for touch in reversed(touches):
        times[touch.item_id] = times.get(touch.item_id, 0) + 1
    return Session(key, started_ms, tuple(times), tuple(times.values()), len(touches))
