"""A replay into memory from a log to its summary: what came of it, and the files that it is kept in."""

import time
from collections import Counter
from collections.abc import AsyncIterable, Callable
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from stream.archive.writing import LinesFile
from stream.contracts.topics import DEAD_LETTERS, MEMORY, MODELS, SUGGESTIONS, TRAINING
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.engine.who import Pseudonymise
from stream.replay.digest import digest_of_store
from stream.replay.in_memory import InMemory

KEPT = (SUGGESTIONS, TRAINING, MODELS, MEMORY, DEAD_LETTERS)
SUFFIX = ".jsonl.gz"
RECORDS_A_LOOK = 512


class Rehearsed(Struct, frozen=True):
    """What came of a replay into memory. Times in milliseconds since 1970 UTC, those of the records; `seconds` is how long it took.

    `sent`: records by topic; `shown`: cards by `list:reason`; `silent`: how often a rule kept a list back, by `list:rule`.
    """

    records: int
    first_ms: int | None
    last_ms: int | None
    events: int
    repeats: int
    sent: dict[str, int]
    shown: dict[str, int]
    silent: dict[str, int]
    customers: int
    digest: str
    seconds: float

    @property
    def per_second(self) -> float:
        """Return how many records were worked in a second."""
        return self.records / self.seconds if self.seconds else 0.0


class Rehearsal:
    """Replays a log once. `records` says how many so far, `clock_ms` which time it has reached.

    Args:
        know: the policy, and a catalogue that may be filled already; it is filled further.
        keep: an existing folder for a file of each topic that is sent to, with equal bytes from equal logs; None: nothing is kept.
        ranks: False: events are folded and remembered, and nobody is answered.
        progress: is called now and then.
    """

    def __init__(
        self,
        know: Knowledge,
        *,
        pseudonymise: Pseudonymise,
        partitions: int,
        keep: Path | None = None,
        ranks: bool = True,
        progress: Callable[["Rehearsal"], None] = lambda run: None,
    ) -> None:
        self.records, self._first_ms, self._keep, self._progress = 0, -1, keep, progress
        self._files: dict[str, LinesFile] = {}
        self._sent: Counter[str] = Counter()
        self._run = InMemory(know, pseudonymise=pseudonymise, partitions=partitions, tell=self._tell, ranks=ranks)

    @property
    def clock_ms(self) -> int:
        """Return the newest timestamp so far."""
        return self._run.clock_ms

    async def of(self, past: AsyncIterable[Record]) -> Rehearsed:
        """Replay records in their order, to the last.

        Raises:
            LogError: the log cannot be read on, or a file cannot be written; then no file is left.
            RecordFailed: an event cannot be folded.
        """
        began_s = time.perf_counter()
        with ExitStack() as files:
            if self._keep is not None:
                self._files = {topic: files.enter_context(LinesFile(self._keep / f"{topic}{SUFFIX}")) for topic in KEPT}
            await self._run.begin()
            await self._work(past)
            await self._run.end()
        seconds = time.perf_counter() - began_s
        whole = (await digest_of_store(self._run.store)).total
        tally = self._run.engine.tally
        return Rehearsed(
            self.records,
            self._first_ms if self.records else None,
            self.clock_ms if self.records else None,
            tally["events"],
            tally["repeats"],
            dict(sorted(self._sent.items())),
            _named(tally, "shown:"),
            _named(tally, "silent:"),
            whole.customers,
            str(whole),
            seconds,
        )

    async def _work(self, past: AsyncIterable[Record]) -> None:
        turns = self._run.turns()
        async for record in past:
            if turn := turns.add(self._counted(record)):
                await self._run.work(turn)
        await self._run.work(turns.rest())

    def _counted(self, record: Record) -> Record:
        if self._first_ms < 0:
            self._first_ms = record.timestamp_ms
        self.records += 1
        if self.records % RECORDS_A_LOOK == 0:
            self._progress(self)
        return record

    def _tell(self, sent: Record) -> None:
        self._sent[sent.topic] += 1
        if sent.topic in self._files:
            self._files[sent.topic].add(sent)


def _named(tally: dict[str, int], prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): count for name, count in sorted(tally.items()) if name.startswith(prefix)}
