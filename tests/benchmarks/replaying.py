"""A log replayed into memory: with everybody answered, and learning only."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import msgspec

from online_models.policy.policy import Policy
from stream.archive.reading import Reading
from stream.contracts.events import Event
from stream.engine.knowledge import Knowledge
from stream.engine.who import pseudonymiser
from stream.replay.chosen import Chosen
from stream.replay.past import open_past
from stream.replay.rehearsal import Rehearsal
from tests.benchmarks.clicks import SECRET, log_events
from tests.benchmarks.figure import Figure
from tests.benchmarks.loads import rounds
from tests.benchmarks.shop_floor import PARTITIONS

RANKED, FOLDED = 15_000, 100_000
TURN_MS = 30 * 24 * 60 * 60 * 1000  # later, the log comes round again


async def replaying(folder: Path) -> list[Figure]:
    """Return records a second of both kinds, from a file of events to the digest of their customers."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs
    log = folder / "events.jsonl"
    _write(log, log_events(60_000), FOLDED)
    return [
        await _replayed("replayed into memory, everybody answered", log, RANKED, 1_200, ranks=True),
        await _replayed("replayed into memory, learning only", log, FOLDED, 10_000, ranks=False),
    ]


def _write(log: Path, events: Sequence[Event], count: int) -> None:
    """Write so many events; each round through the log is of other customers, and later."""
    with log.open("wb") as file:
        for turn, event in islice(rounds(sorted(events, key=lambda event: event.event_time_ms)), count):
            later = msgspec.structs.replace(
                event,
                event_id=f"{event.event_id}-{turn}",
                event_time_ms=event.event_time_ms + turn * TURN_MS,
                customer=(event.customer or "")[:-4] + f"{turn:04x}",
            )
            file.write(msgspec.json.encode(later) + b"\n")


async def _replayed(name: str, log: Path, count: int, least: float, *, ranks: bool) -> Figure:
    who = pseudonymiser("k1", SECRET)
    run = Rehearsal(Knowledge(Policy.default()), pseudonymise=who, partitions=PARTITIONS, ranks=ranks)
    async with open_past(str(log), Chosen(limit=count), Reading(PARTITIONS, who), "") as past:
        done = await run.of(past)
    return Figure(name, done.per_second, "records/s", least, "at least", f"n={done.records}")
