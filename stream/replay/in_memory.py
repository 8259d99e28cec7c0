"""A past run again without a broker: the worker's and the trainer's own code, on a store in memory, one batch after the other.

Nothing depends on this machine's clock or speed: time is that of the records, what is learnt from a batch is known to the next,
and a chunk ends where its records end. So the same records give the same bytes.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from features.store.memory import MemoryStore
from online_models.ranker import Weights
from stream.agents.learn_ranker import AT, RankerTrainer
from stream.catalog.follow import CatalogIntake
from stream.contracts.memory import Memory
from stream.contracts.topics import CATALOG, INPUTS, MEMORY, TRAINING
from stream.contracts.training import ModelRecord
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.record import ANSWER_HEADER, NEVER, ORIGIN_HEADER, Headers, Outgoing, Record, TopicPartition
from stream.engine.who import Pseudonymise
from stream.engine.work import Answered, Answers, everybody
from stream.replay.turns import ANSWERED_AT_ONCE, FOLDED_AT_ONCE, Turns
from stream.transport.partitions import partition_of

UNANSWERED = ((ANSWER_HEADER, NEVER),)
_MEMORY = msgspec.json.Decoder(Memory)


class InMemory:
    """Worker and trainer, without Kafka and Redis.

    Profiles end as in Redis, 81 to 99 days after they were last written, by the timestamps of their customers' records.
    `tell` is given everything that they send out, in order, as the records that it would be in topics that were empty before. `answered` is
    given every event that was answered, with the answer. With `ranks` False nobody is answered: events are folded and remembered; `answers`
    chooses among them. `takes`: what it learns from of what it sends out, the memory and the training topic; what is left out the caller
    knows better.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        *,
        pseudonymise: Pseudonymise,
        partitions: int,
        tell: Callable[[Record], None],
        answered: Answered | None = None,
        ranks: bool = True,
        answers: Answers = everybody,
        takes: Collection[str] = (MEMORY, TRAINING),
    ) -> None:
        self.clock_ms = 0  # the newest timestamp of a record so far
        self._first_ms: dict[str, int] = {}  # by customer, the timestamp of his first record in the batch that is worked
        self._last_ms: dict[str, int] = {}  # and of his last one
        self._at_ms = self._first_ms  # at which profiles are read, and then the other, at which they are written
        self.store, self.knowledge, self.tell, self._takes = MemoryStore(self._now_ms), knowledge, tell, takes
        self._sent = Counter[tuple[str, int]]()  # records by the topic and partition that they went to
        self._partitions, self._ends = partitions, Counter[TopicPartition]()
        self._ranks = ranks
        self._passed_on: list[Record] = []
        self._catalog, self._examples = CatalogIntake(knowledge.catalog), list[Record]()
        self._trainer = RankerTrainer(newest=_no_model, send=self._take, wall_ms=lambda: self.clock_ms, tell=self._weigh)
        self.engine = Engine(
            store=self.store,
            send=self._take,
            knowledge=knowledge,
            pseudonymise=pseudonymise,
            partition_of=lambda customer: partition_of(customer, partitions),
            caches=Caches(0),
            chunk_records=2 * (ANSWERED_AT_ONCE if ranks else FOLDED_AT_ONCE),
            wall_ms=lambda: self.clock_ms,
            work_budget_s=math.inf,
            answers=answers,
        )
        self.engine.soon_done = lambda in_s: self._have_read()
        if answered is not None:
            self.engine.steps.answered_by = answered

    def turns(self) -> Turns:
        """Return what divides a log into the turns in which it is worked."""
        return Turns(ranks=self._ranks)

    async def begin(self) -> None:
        """Take all partitions over, empty."""
        await self.engine.assign({TopicPartition(topic, number): 0 for topic in INPUTS for number in range(self._partitions)})
        await self._trainer.assign({AT: 0})

    async def work(self, records: Iterable[Record]) -> None:
        """Work these records in their order, to the last; those of topics that no worker reads are passed over.

        A log may be given turn by turn, as `turns` makes them: it comes to the same.

        Raises:
            RecordFailed: a record cannot be folded.
        """
        for turn in self.turns().of(records):
            await self._work(turn)
            while self._passed_on:
                again, self._passed_on = self._passed_on, []
                await self._work(again)

    async def end(self) -> None:
        """Let the trainer publish what it learnt last."""
        await self._trainer.leave()

    async def _work(self, batch: Sequence[Record]) -> None:
        fetch: dict[TopicPartition, list[Record]] = {}
        self._first_ms.clear()
        self._last_ms.clear()
        self._at_ms = self._first_ms
        for record in batch:
            self.clock_ms = max(self.clock_ms, record.timestamp_ms)
            if record.key is not None:
                customer = record.key.decode(errors="replace")
                self._first_ms.setdefault(customer, record.timestamp_ms)
                self._last_ms[customer] = record.timestamp_ms
            if record.topic == CATALOG:
                self._catalog.take(record)
            elif record.topic in INPUTS:
                at = TopicPartition(record.topic, record.partition % self._partitions)
                end = self._ends[at]
                fetch.setdefault(at, []).append(_placed(record, at, end, () if self._ranks else UNANSWERED))
                self._ends[at] = end + 1
        await self.engine.handle(fetch)
        await self.engine.arrived()
        if self._examples:
            examples, self._examples = self._examples, []
            await self._trainer.handle({AT: examples})

    def _have_read(self) -> None:
        self._at_ms = self._last_ms

    def _now_ms(self, customer: str | None) -> int:
        """Return when a customer's own record of the batch was, so that nobody's end depends on how many are worked at once."""
        return self.clock_ms if customer is None else self._at_ms.get(customer, self.clock_ms)

    def _weigh(self, model: ModelRecord) -> None:
        self.knowledge.weights = Weights.of(model)

    async def _take(self, outgoing: Sequence[Outgoing]) -> None:
        for one in outgoing:
            at = one.topic, one.partition
            record = Record(*at, self._sent[at], one.timestamp_ms, one.key, one.value, one.headers)
            self._sent[at] += 1
            if one.topic == MEMORY and MEMORY in self._takes:
                self.knowledge.memory.take_in(_MEMORY.decode(one.value or b""))
            elif one.topic == TRAINING and TRAINING in self._takes:
                self._examples.append(record)
            elif one.topic in INPUTS:
                self._passed_on.append(record)
            self.tell(record)


def _placed(record: Record, at: TopicPartition, offset: int, first: Headers) -> Record:
    """Return the record where it stands now, with these headers before its own; what it causes is named after where it first stood."""
    origin = () if record.header(ORIGIN_HEADER) else ((ORIGIN_HEADER, record.address.encode()),)
    return Record(*at, offset, record.timestamp_ms, record.key, record.value, (*first, *record.headers, *origin), record.event)


async def _no_model() -> None:
    return None
