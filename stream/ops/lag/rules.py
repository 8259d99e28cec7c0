"""How far a group is behind in one partition, and what that means: Burrow's rules, without thresholds, on a window of looks.

Source: Burrow, core/internal/evaluator/caching.go (a window of 10). Burrow sees commits only; here the group's members and the
log's start are seen too, so that "nobody reads", "nobody has ever read" and "was deleted unread" are told apart.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

State = Literal["DATA_LOST", "STOPPED", "STALLED", "REWOUND", "NO_COMMIT", "CATCHING_UP", "OK"]
ADVICE: dict[State, str] = {  # worst first
    "DATA_LOST": "records were deleted before they were handled, or the topic was made anew: look at its retention; a worker goes on "
    "where the log begins",
    "STOPPED": "records wait and nobody reads: start a worker or the trainer",
    "STALLED": "somebody reads, but nothing was handled meanwhile: look at that process's log, and at `tsuide doctor`",
    "REWOUND": "Redis stands before what was handled once (restored, emptied, failed over, or TSUIDE_PREFIX differs): it is worked again",
    "NO_COMMIT": "records wait that nobody has ever read: start a worker or the trainer",
    "CATCHING_UP": "it is being worked; where it is never drained, start more workers, at most as many as there are partitions",
    "OK": "",
}
RANK = {state: place for place, state in enumerate(ADVICE)}


class Place(Struct, frozen=True):
    """One partition and one group at one moment. All offsets are those of the next record; None: there is none.

    `by_watermark`: Redis says where this group stands, not what it committed. `oldest_ms`: timestamp of the oldest record that
    is not handled, None where there is none or it could not be read. `hollow`: what lies before the end are no records but the
    marks of transactions, or compacted away. `readers`: members of the group.
    """

    group: str
    topic: str
    partition: int
    at_ms: int
    committed: int | None
    watermark: int | None
    log_start: int
    end: int
    readers: int
    by_watermark: bool = False
    oldest_ms: int | None = None
    hollow: bool = False

    @property
    def position(self) -> int | None:
        """Where work goes on: a group whose watermark is gone begins at the log's start again."""
        if not self.by_watermark:
            return self.committed
        return self.log_start if self.watermark is None and self.committed is not None else self.watermark

    @property
    def reads_from(self) -> int:
        """The offset of the oldest record that is not handled and still there; the end where nothing waits."""
        return self.end if self.hollow else min(max(self.position or 0, self.log_start), self.end)

    @property
    def lag(self) -> int | None:
        """Records that are there and not handled, never below 0; None where there is no position: that is not the whole log."""
        return None if self.position is None else self.end - self.reads_from


class Lag(Struct, frozen=True):
    """What a window of looks says of one partition.

    `lag` and `lost` in records, `lag_s` the age of the oldest record that waits, `drain_s` the seconds until none waits at the
    rates of the window; None: not known, or never.
    """

    group: str
    topic: str
    partition: int
    state: State
    committed: int | None
    watermark: int | None
    log_start: int
    end: int
    lag: int | None
    lost: int
    lag_s: float | None
    in_per_s: float | None
    out_per_s: float | None
    drain_s: float | None
    readers: int

    @property
    def waits(self) -> bool:
        """Whether there are records to be read."""
        return self.end > self.log_start if self.lag is None else self.lag > 0


def judge(window: Sequence[Place]) -> Lag:
    """Return what looks at one partition say, oldest first; at least one, and two before a stall can be told from work."""
    last = window[-1]
    in_per_s = per_second(window, [place.end for place in window])
    out_per_s = per_second(window, [place.reads_from for place in window])
    return Lag(
        group=last.group,
        topic=last.topic,
        partition=last.partition,
        state=state_of(window),
        committed=last.committed,
        watermark=last.watermark,
        log_start=last.log_start,
        end=last.end,
        lag=last.lag,
        lost=0 if last.position is None else max(0, last.log_start - last.position),
        lag_s=lag_s(last),
        in_per_s=in_per_s,
        out_per_s=None if last.position is None else out_per_s,
        drain_s=drain_s(last.lag, in_per_s, out_per_s),
        readers=last.readers,
    )


def state_of(window: Sequence[Place]) -> State:
    """Return the first that holds.

    NO_COMMIT: no position. DATA_LOST: the position is outside the log. REWOUND: the watermark is behind what was committed, or the
    position behind an earlier one of the window. OK: nothing waits. STOPPED: the group has no members. OK: all that stood at some
    earlier look is handled by now. STALLED: the position has not moved in the window. Else CATCHING_UP.
    """
    last = window[-1]
    if last.position is None:
        return "NO_COMMIT"
    if not last.log_start <= last.position <= last.end:
        return "DATA_LOST"
    if rewound(window):
        return "REWOUND"
    if last.lag == 0:
        return "OK"
    if last.readers == 0:
        return "STOPPED"
    if any(last.position >= place.end for place in window[:-1]):
        return "OK"
    moved = any(place.position != last.position for place in window)
    return "CATCHING_UP" if moved or len(window) == 1 else "STALLED"


def rewound(window: Sequence[Place]) -> bool:
    """Return whether work that was done is to be done again; not any more once the former position is regained.

    A watermark is read after the commit that follows it, so a smaller one is no race.
    """
    last = window[-1]
    reached = [place.position for place in window if place.position is not None]
    if last.by_watermark and last.committed is not None:
        reached.append(last.committed)
    return last.position is not None and last.position < max(reached)


def lag_s(place: Place) -> float | None:
    """Return the age in seconds of the oldest record that is not handled, by its own timestamp; 0 where none waits, None: not known."""
    if place.reads_from == place.end:
        return 0.0
    return None if place.oldest_ms is None else max(0, place.at_ms - place.oldest_ms) / 1000


def per_second(window: Sequence[Place], offsets: Sequence[int]) -> float | None:
    """Return by how many a second the offsets grew over the window; 0 where they fell, None for a single moment."""
    took_ms = window[-1].at_ms - window[0].at_ms
    return max(0, offsets[-1] - offsets[0]) * 1000 / took_ms if took_ms > 0 else None


def drain_s(lag: int | None, in_per_s: float | None, out_per_s: float | None) -> float | None:
    """Return lag / (rate out - rate in): the seconds until nothing waits; None where that is not known or never."""
    if lag == 0:
        return 0.0
    if lag is None or in_per_s is None or out_per_s is None or out_per_s <= in_per_s:
        return None
    return lag / (out_per_s - in_per_s)


def worst_first(lags: Sequence[Lag]) -> list[Lag]:
    """Return them by state, then age, then count; where nobody has read and nothing is there to be read, nothing is bad."""

    def badness(lag: Lag) -> tuple[int, float, int, str, str, int]:
        rank = RANK["OK"] if lag.state == "NO_COMMIT" and not lag.waits else RANK[lag.state]
        age_s = float("inf") if lag.lag_s is None else lag.lag_s
        return rank, -age_s, -(lag.lag or 0), lag.group, lag.topic, lag.partition

    return sorted(lags, key=badness)


def over(lags: Sequence[Lag], limit_s: float) -> list[Lag]:
    """Return those whose oldest record is older than `limit_s` or of unknown age, and those that lost records."""
    return [lag for lag in lags if lag.lag_s is None or lag.lag_s > limit_s or lag.state == "DATA_LOST"]
