"""The moment of a suggestion rebuilt: profile, shared memory and catalogue as they were, and the occasion answered by `recommend`."""

from collections.abc import AsyncIterator, Collection

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from online_models.explanation import Candidate, Why, explained
from online_models.left_out import LeftOut
from online_models.memory.shared import SharedMemory
from online_models.occasion import Occasion
from online_models.ranker import Weights
from stream.archive.kept import Kept, Part
from stream.archive.wanted import Wanted
from stream.catalog.follow import CatalogIntake
from stream.contracts.events import name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import Memory
from stream.contracts.suggestion import SuggestedList
from stream.contracts.topics import CATALOG, INPUTS, MEMORY, TRAINING
from stream.engine.decode import Decoded
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record, TopicPartition
from stream.engine.who import Pseudonymise
from stream.errors import SuggestionUnknown
from stream.replay.in_memory import InMemory
from stream.replay.turns import Turns
from stream.transport.partitions import partition_of
from stream.why.target import ANSWERED_WITHIN_MS, Target, holds, is_cause

MOST_CANDIDATES = 20  # of a head
_MEMORY = msgspec.json.Decoder(Memory)


class Step(Struct, frozen=True):
    """One event of the customer on the way to the suggestion."""

    event_time_ms: int
    address: str
    event: str
    item_ids: tuple[str, ...]
    session: str


class Rebuilt(Struct, frozen=True):
    """The moment as it could be rebuilt, and what was answered.

    `steps`: the customer's events, the causing one last; `missing`: (address of the first record, how many before it) of the customer's
    partitions that the past does not hold from their beginning; `changed_items`: how many articles were described anew since;
    `memory_fed`: the memory is made of its own topic's records, else of everybody's events.
    """

    steps: tuple[Step, ...]
    lists: tuple[SuggestedList, ...]
    silences: tuple[tuple[str, str], ...]
    why: tuple[Why, ...]
    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    model_version: int
    memory_version: int
    missing: tuple[tuple[str, int], ...]
    changed_items: int
    memory_fed: bool


class Rebuilding:
    """Replays a past up to one event, and explains its answer.

    Where the past holds the shared memory's topic, the memory is made of as many of its records as the suggestion says, and only the
    customer's own events are worked; else it is made of everybody's events again. Without a published suggestion everything is
    learnt anew, as `tsuide replay` does, and everybody is answered.
    """

    def __init__(self, past: Kept, target: Target, know: Knowledge, *, pseudonymise: Pseudonymise, partitions: int) -> None:
        self._past, self._target, self._know = past, target, know
        self._own = Wanted(customers=frozenset({target.customer}), pseudonymise=pseudonymise)
        self._who, self._partitions = pseudonymise, partitions
        self._steps: list[Step] = []
        self._first: dict[TopicPartition, int] = {}
        self._homes: set[int] = set()
        self._rebuilt: Rebuilt | None = None

    async def run(self) -> Rebuilt:
        """Return what could be rebuilt.

        Raises:
            SuggestionUnknown: the event is not there, or was not answered.
            RecordFailed: an event cannot be folded.
        """
        published = self._target.published
        fed = _Fed(self._know.memory, published.memory_version, self._target.at_ms) if published is not None else None
        if fed is not None and not await holds(self._past, MEMORY):
            fed = None
        changed = await self._goods()
        await self._replay(fed)
        if self._rebuilt is None:
            raise SuggestionUnknown(
                f"The event {self._target.suggestion_id} is not in the log (Kafka keeps events for 7 days), or was not answered there: "
                "it was a repeat, or its customer had opted out, or TSUIDE_PSEUDONYM_SECRET is another one now."
            )
        begins = [(f"{at.topic}:{at.partition}:{first}", first) for at, first in sorted(self._first.items()) if at.partition in self._homes]
        starts = tuple(one for one in begins if one[1])
        return replace(self._rebuilt, missing=starts, changed_items=changed, memory_fed=fed is not None)

    async def _replay(self, fed: "_Fed | None") -> None:
        takes: Collection[str] = (MEMORY, TRAINING) if self._target.published is None else (MEMORY,) if fed is None else ()
        if self._target.weights is not None:
            self._know.weights = self._target.weights
        run = InMemory(
            self._know,
            pseudonymise=self._who,
            partitions=self._partitions,
            tell=lambda record: None,
            answers=self._answers,
            takes=takes,
        )
        await run.begin()
        alone = fed is not None
        part = Part((*INPUTS, CATALOG), wanted=lambda record: self._wanted(record, alone=alone))
        if alone:
            homes = {partition_of(self._target.customer, self._partitions), Origin.parse(self._target.suggestion_id).partition}
            part = replace(part, topics=(*part.topics, MEMORY), only=dict.fromkeys(INPUTS, homes))
        turns = Turns(most=1) if alone else run.turns()
        async with self._past.read(part) as records:
            async for record in records:
                if fed is not None and record.topic == MEMORY:
                    fed.take(record)
                    continue
                if turn := turns.add(record):
                    await run.work(turn)
                if is_cause(record, self._target.suggestion_id):
                    break
            if fed is not None:
                await fed.fill(records)
        await run.work(turns.rest())

    def _wanted(self, record: Record, *, alone: bool) -> bool:
        """Return whether the record is worked; on the way, note where each partition begins."""
        if record.topic == CATALOG:
            return record.timestamp_ms <= self._target.at_ms
        if record.topic == MEMORY:
            return True
        self._first.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        return not alone or self._own.has(record)

    def _answers(self, decoded: Decoded, occasion: Occasion) -> bool:
        """Take note of the customer's events, explain the one that is asked about, and say whether this one is answered."""
        theirs = decoded.customer == self._target.customer
        if theirs and self._rebuilt is None:
            event = occasion.event
            items = tuple(item.item_id for item in event.items)
            self._steps.append(Step(event.event_time_ms, str(decoded.origin), name_of(event), items, occasion.session.key))
            self._homes.add(decoded.record.partition)
            if str(decoded.origin) == self._target.suggestion_id:
                self._rebuilt = self._explained(occasion)
        return theirs or self._target.published is None

    def _explained(self, occasion: Occasion) -> Rebuilt:
        know = self._know
        weights: Weights = know.weights if self._target.weights is None else self._target.weights
        found = explained(
            occasion,
            memory=know.memory,
            catalog=know.catalog,
            weights=weights,
            policy=know.policy,
            now_ms=occasion.event.event_time_ms,
        )
        return Rebuilt(
            tuple(self._steps),
            found.answer.lists,
            found.answer.silences,
            tuple(found.why(found.answer.lists)),
            tuple(found.candidates(MOST_CANDIDATES)),
            tuple(found.left_out()),
            weights.version,
            know.memory.version,
            (),
            0,
            memory_fed=False,
        )

    async def _goods(self) -> int:
        """Take in articles of which only later descriptions are kept, and return how many were described anew since."""
        known: set[bytes] = set()
        later: dict[bytes, Record] = {}
        async with self._past.read(Part((CATALOG,))) as records:
            async for record in records:
                if record.key is None:
                    continue
                if record.timestamp_ms <= self._target.at_ms:
                    known.add(record.key)
                else:
                    later.setdefault(record.key, record)
        intake = CatalogIntake(self._know.catalog)
        for key, record in later.items():
            if key not in known:
                intake.take(record)
        return len(later)


class _Fed:
    """The shared memory, from its topic: the first `version` records; where its beginning is gone, those until `at_ms`."""

    def __init__(self, memory: SharedMemory, version: int, at_ms: int) -> None:
        self._memory, self._version, self._at_ms = memory, version, at_ms
        self._begun: set[int] = set()
        self._cut = False

    def take(self, record: Record) -> None:
        """Take in one record, if it belongs to the moment."""
        if record.partition not in self._begun:
            self._begun.add(record.partition)
            self._cut = self._cut or record.offset > 0
        if record.timestamp_ms <= self._at_ms if self._cut else self._memory.version < self._version:
            try:
                self._memory.take_in(_MEMORY.decode(record.value or b""))
            except msgspec.DecodeError:
                return

    async def fill(self, records: AsyncIterator[Record]) -> None:
        """Read on until all is taken in: what others did in the same moment may be written a little later."""
        if self._cut or self._memory.version >= self._version:
            return
        async for record in records:
            if record.topic == MEMORY:
                self.take(record)
            if self._memory.version >= self._version or record.timestamp_ms > self._at_ms + ANSWERED_WITHIN_MS:
                return
