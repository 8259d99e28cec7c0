"""The topics on the broker: made as the table says, and held against it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]
from aiokafka.errors import TopicAlreadyExistsError, for_code  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.away import RIGHTS_CODES, clear_refusals, rights_missing
from stream.connection.clients import admin_client_of
from stream.connection.kafka import Broker
from stream.contracts.topics import TOPICS, Topic
from stream.errors import TopicsDiffer

REQUEST_MS = 10_000


class Difference(Struct, frozen=True):
    """One thing about a topic that is not as planned, and the cure."""

    topic: str
    what: str
    wanted: str
    found: str
    cure: str

    def __str__(self) -> str:
        """Return the difference as one sentence."""
        return f"{self.topic}: {self.what} is {self.found}, wanted {self.wanted}. {self.cure}"


class Found(Struct, frozen=True):
    """A topic as the broker has it."""

    partitions: int
    config: dict[str, str]


@asynccontextmanager
async def admin_of(broker: Broker) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect for administration.

    Raises:
        BrokerAway: nobody answers, or lets us in, or the connection is lost.
        RightsMissing: the user may not do what was asked.
    """
    client = admin_client_of(broker, request_timeout_ms=REQUEST_MS)
    try:
        async with clear_refusals(broker):
            await client.start()
            yield client
    finally:
        await client.close()


def partitions_of(topic: Topic, inputs: int) -> int:
    """Return how many partitions `topic` is to have where the input topics have `inputs`."""
    return topic.partitions or inputs


async def create(broker: Broker, partitions: int, *, replicas: int = -1, topics: Sequence[Topic] = TOPICS) -> list[str]:
    """Create the topics that are missing and return their names; those that exist stay as they are.

    Args:
        broker: where Kafka is.
        partitions: of every input topic, and of those that follow them.
        replicas: copies of every partition; -1: the broker's own default.
        topics: which ones, and how they are to be.

    Raises:
        BrokerAway: when Kafka does not answer.
        RightsMissing: when the user may not create one.
        TopicsDiffer: when the broker refuses one, with its words.
    """
    wanted = [
        NewTopic(topic.name, partitions_of(topic, partitions), replicas, {} if replicas == -1 else None, topic.config()) for topic in topics
    ]
    async with admin_of(broker) as admin:
        answer = await admin.create_topics(wanted)
    made = []
    for name, code, *words in answer.topic_errors:
        if code == 0:
            made.append(name)
        elif code in RIGHTS_CODES:
            raise rights_missing(broker, f"to create {name}")
        elif code != TopicAlreadyExistsError.errno:
            raise TopicsDiffer(f"{name} cannot be created: {next(filter(None, words), for_code(code).__name__)}")
    return made


async def find(broker: Broker, names: list[str]) -> dict[str, Found]:
    """Return those of the topics that the broker has. Raises BrokerAway."""
    async with admin_of(broker) as admin:
        there = [name for name in names if name in set(await admin.list_topics())]
        if not there:
            return {}
        described = await admin.describe_topics(there)
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in there])
    configs = {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for answer in answers for resource in answer.resources}
    return {topic["topic"]: Found(len(topic["partitions"]), configs[topic["topic"]]) for topic in described}


async def partition_count(broker: Broker, name: str) -> int:
    """Return how many partitions the topic has. Raises BrokerAway, and TopicsDiffer where the topic is missing."""
    async with admin_of(broker) as admin:
        [described] = await admin.describe_topics([name])
    if described["error_code"] in RIGHTS_CODES:
        raise rights_missing(broker, f"to see {name}")
    if described["error_code"]:
        raise TopicsDiffer(f"the broker has no topic {name}: run `tsuide topics create`")
    return len(described["partitions"])


async def check(broker: Broker, partitions: int) -> list[Difference]:
    """Return what differs between the broker's topics and the plan, in the plan's order. Raises BrokerAway."""
    found = await find(broker, [topic.name for topic in TOPICS])
    return [difference for topic in TOPICS for difference in differences(topic, partitions, found.get(topic.name))]


def differences(topic: Topic, partitions: int, found: Found | None) -> list[Difference]:
    """Return what is wrong with one topic, where the inputs are to have `partitions`."""
    if found is None:
        return [Difference(topic.name, "topic", "there", "missing", "Run `tsuide topics create`.")]
    wrong = []
    wanted = partitions_of(topic, partitions)
    if found.partitions != wanted:
        wrong.append(Difference(topic.name, "partitions", str(wanted), str(found.partitions), _partition_cure(topic, found.partitions)))
    for name, value in topic.config().items():
        if found.config.get(name) != value:
            cure = f"Run `kafka-configs.sh --alter --entity-type topics --entity-name {topic.name} --add-config {name}={value}`."
            wrong.append(Difference(topic.name, name, value, found.config.get(name, "not set"), cure))
    return wrong


def _partition_cure(topic: Topic, found: int) -> str:
    if topic.partitions is None:
        return f"More would move customers to other partitions: set TSUIDE_PARTITIONS={found}, or delete the topics and create them again."
    return "Its readers expect one order: delete the topic and create it again."
