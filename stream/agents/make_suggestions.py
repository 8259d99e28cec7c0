"""The agent `make_suggestions`: the engine, what it knows, and the followers that keep its knowledge fresh."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from features.store.port import Store
from features.store.redis import open_store
from online_models.policy.policy import Policy
from online_models.ranker import Weights
from stream.agents.app import BatchApp, build_app, kafka_producer, read_on
from stream.agents.follow_policy import PolicyFile
from stream.catalog.follow import CatalogIntake
from stream.checkpoints.folder import Folder
from stream.checkpoints.keeper import Keeper
from stream.contracts.memory import Forget, Memory
from stream.contracts.topics import CATALOG, INPUTS, MEMORY, MODELS
from stream.contracts.training import ModelRecord
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.ownership import Send
from stream.engine.record import Outgoing
from stream.engine.who import pseudonymiser
from stream.settings import Settings
from stream.telling.logger import at, logger_of
from stream.transport.follower import Follower
from stream.transport.newest import LOOK_BACK
from stream.transport.partitions import partition_of
from stream.transport.producer import send_all

logger = logger_of(__name__)
_MEMORY = msgspec.json.Decoder(Memory)
_MODEL = msgspec.json.Decoder(ModelRecord)


class SuggestionWorker:
    """Everything that one worker process consists of."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self.settings = settings
        self.store = store or open_store(settings.redis, prefix=settings.prefix)
        self.knowledge = Knowledge(Policy.read(settings.policy))
        self.engine = build_engine(settings, self.store, self.knowledge, self._send)
        self.app: BatchApp = build_app(settings, self.engine, group=settings.group, topics=INPUTS)
        self.engine.soon_done = lambda in_s: read_on(self.app, in_s)
        self.followers = follow_knowledge(settings, self.knowledge, forgot=self._forgot)
        self.checkpoints = checkpoints_of(settings, self.knowledge, self.followers[0])
        self.policy_file = PolicyFile(settings.policy, self.knowledge, self.engine.tally)

    @property
    def knows_all(self) -> bool:
        """Whether catalogue, memory and weights are read up to where they stood at the start."""
        return all(follower.has_caught_up for follower in self.followers)

    async def know(self) -> None:
        """Start the followers, that of the memory from a checkpoint, and wait until all that stood in their topics is known."""
        memory, *others = self.followers
        for follower in others:
            await follower.start()
        if self.checkpoints is not None:
            await self.checkpoints.restore()
        await memory.start()
        await asyncio.gather(*(follower.caught_up() for follower in self.followers))

    async def follow(self) -> None:
        """Go on following for ever. Raises what ended a follower: a worker does not go on with knowledge that grows old."""
        beside = [self.policy_file.follow()] + ([self.checkpoints.keep()] if self.checkpoints is not None else [])
        await asyncio.gather(*beside, *(follower.ended() for follower in self.followers))

    async def aclose(self) -> None:
        """Stop following and let go of the store."""
        for follower in self.followers:
            await follower.stop()
        await self.store.aclose()

    def _forgot(self, record: ConsumerRecord) -> None:
        if self.checkpoints is not None:
            self.checkpoints.forgot(record.partition, record.offset)

    async def _send(self, outgoing: Sequence[Outgoing]) -> None:
        await send_all(kafka_producer(self.app), outgoing)


def build_engine(settings: Settings, store: Store, knowledge: Knowledge, send: Send) -> Engine:
    """Return the engine as every runner drives it."""
    return Engine(
        store=store,
        send=send,
        knowledge=knowledge,
        pseudonymise=pseudonymiser(settings.pseudonym_key_id, settings.secret()),
        partition_of=lambda customer: partition_of(customer, settings.partitions),
        caches=Caches(settings.profile_cache),
        chunk_records=settings.chunk_records,
    )


def checkpoints_of(settings: Settings, knowledge: Knowledge, memory: Follower) -> Keeper | None:
    """Return who keeps checkpoints of the memory, None where the settings name no folder; nothing is started."""
    if not settings.checkpoints:
        return None
    folder = Folder(Path(settings.checkpoints), settings.checkpoints_kept)
    return Keeper(folder, knowledge, memory, broker=settings.kafka, every_s=settings.checkpoint_every_s)


def follow_knowledge(
    settings: Settings, knowledge: Knowledge, *, forgot: Callable[[ConsumerRecord], None] = lambda record: None
) -> list[Follower]:
    """Return followers of the shared memory, the weights and the catalogue, in this order; nothing is started.

    `forgot` is told each wish to be forgotten, once it is carried out.
    """

    def remember(record: ConsumerRecord) -> None:
        try:
            said = _MEMORY.decode(record.value or b"")
        except msgspec.DecodeError as error:
            logger.warning("memory record passed over", **at(record), error=str(error))
            return
        if knowledge.memory.take_in(said) and isinstance(said, Forget):
            forgot(record)

    def weigh(record: ConsumerRecord) -> None:
        try:
            model = _MODEL.decode(record.value or b"")
        except msgspec.DecodeError as error:
            logger.warning("model passed over", **at(record), error=str(error))
            return
        if model.learnt_to > knowledge.weights.version:
            knowledge.weights = Weights.of(model)

    broker = settings.kafka
    return [
        Follower(broker, MEMORY, remember),
        Follower(broker, MODELS, weigh, newest=LOOK_BACK),  # the newest counts, and a month of them is gigabytes
        Follower(broker, CATALOG, CatalogIntake(knowledge.catalog).take),
    ]
