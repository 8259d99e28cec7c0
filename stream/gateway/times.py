"""When something happened, by clocks that may be wrong."""

from http import HTTPStatus

from stream.gateway.problems import Refused

MINUTE_MS = 60_000
SKEW_MS = MINUTE_MS  # below that the way through the network explains the difference
OLDEST_MS = 72 * 60 * MINUTE_MS  # a page that was offline may still tell; GA4 takes as much
AHEAD_MS = 10 * MINUTE_MS


def corrected(event_time_ms: int, sent_at_ms: int | None, now_ms: int) -> int:
    """Return the event's time by our clock, where the sender's differs from it by more than a minute."""
    skew_ms = 0 if sent_at_ms is None else now_ms - sent_at_ms
    return event_time_ms + skew_ms if abs(skew_ms) > SKEW_MS else event_time_ms


def wrong_time(event_time_ms: int, now_ms: int) -> str | None:
    """Return what is wrong with a time, and the cure; None where nothing is."""
    if event_time_ms < now_ms - OLDEST_MS:
        return "event_time_ms lies more than 72 hours back: tell it to the log of the past, or set the clock."
    if event_time_ms > now_ms + AHEAD_MS:
        return "event_time_ms lies more than 10 minutes ahead: set the clock, or send sent_at_ms by the same one."
    return None


def refuse_time(event_time_ms: int, now_ms: int) -> None:
    """Raise Refused 400 `time` for a time that cannot be."""
    wrong = wrong_time(event_time_ms, now_ms)
    if wrong:
        raise Refused(HTTPStatus.BAD_REQUEST, "time", wrong)
