"""The agent `make_suggestions`: the engine, what it knows, and the followers that keep its knowledge fresh."""

import asyncio
import logging
from collections.abc import Sequence

import msgspec
from aiokafka import ConsumerRecord  # type: ignore[import-untyped]

from features.store.port import Store
from features.store.redis import open_store
from online_models.policy.policy import Policy
from online_models.ranker import Weights
from stream.agents.app import BatchApp, build_app, kafka_producer, read_on
from stream.agents.follow_policy import PolicyFile
from stream.catalog.follow import CatalogIntake
from stream.contracts.memory import Memory
from stream.contracts.topics import CATALOG, INPUTS, MEMORY, MODELS
from stream.contracts.training import ModelRecord
from stream.engine.caches import Caches
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.ownership import Send
from stream.engine.record import Outgoing
from stream.engine.who import pseudonymiser
from stream.settings import Settings
from stream.transport.follower import Follower
from stream.transport.partitions import partition_of
from stream.transport.producer import send_all

logger = logging.getLogger(__name__)
_MEMORY = msgspec.json.Decoder(Memory)
_MODEL = msgspec.json.Decoder(ModelRecord)


class SuggestionWorker:
    """Everything that one worker process consists of."""

    def __init__(self, settings: Settings, store: Store | None = None) -> None:
        self.settings = settings
        self.store = store or open_store(settings.redis_url, prefix=settings.prefix)
        self.knowledge = Knowledge(Policy.read(settings.policy))
        self.engine = build_engine(settings, self.store, self.knowledge, self._send)
        self.app: BatchApp = build_app(settings, self.engine, group=settings.group, topics=INPUTS)
        self.followers = follow_knowledge(settings, self.knowledge)
        self.policy_file = PolicyFile(settings.policy, self.knowledge, self.engine.tally)

    @property
    def knows_all(self) -> bool:
        """Whether catalogue, memory and weights are read up to where they stood at the start."""
        return all(follower.has_caught_up for follower in self.followers)

    async def know(self) -> None:
        """Start the followers and wait until catalogue, memory and weights are what stood in their topics."""
        for follower in self.followers:
            await follower.start()
        await asyncio.gather(*(follower.caught_up() for follower in self.followers))

    async def follow(self) -> None:
        """Go on following for ever. Raises what ended a follower: a worker does not go on with knowledge that grows old."""
        await asyncio.gather(self.policy_file.follow(), *(follower.ended() for follower in self.followers))

    async def aclose(self) -> None:
        """Stop following and let go of the store."""
        for follower in self.followers:
            await follower.stop()
        await self.store.aclose()

    async def _send(self, outgoing: Sequence[Outgoing]) -> None:
        read_on(self.app)
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


def follow_knowledge(settings: Settings, knowledge: Knowledge) -> list[Follower]:
    """Return followers of the shared memory, the weights and the catalogue; nothing is started."""

    def remember(record: ConsumerRecord) -> None:
        try:
            knowledge.memory.take_in(_MEMORY.decode(record.value or b""))
        except msgspec.DecodeError as error:
            logger.warning("%s:%s:%s is no memory record and is passed over: %s", record.topic, record.partition, record.offset, error)

    def weigh(record: ConsumerRecord) -> None:
        try:
            model = _MODEL.decode(record.value or b"")
        except msgspec.DecodeError as error:
            logger.warning("%s:%s:%s is no model and is passed over: %s", record.topic, record.partition, record.offset, error)
            return
        if model.learnt_to > knowledge.weights.version:
            knowledge.weights = Weights.of(model)

    servers = settings.kafka_bootstrap_servers
    return [
        Follower(servers, MEMORY, remember),
        Follower(servers, MODELS, weigh),
        Follower(servers, CATALOG, CatalogIntake(knowledge.catalog).take),
    ]
