"""The topics on the broker: made as the table says, and held against it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType  # type: ignore[import-untyped]
from aiokafka.errors import KafkaConnectionError, KafkaError, TopicAlreadyExistsError, for_code  # type: ignore[import-untyped]
from msgspec import Struct

from stream.contracts.topics import TOPICS, Topic
from stream.errors import BrokerAway, TopicsDiffer

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
async def admin_of(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect for administration. Raises BrokerAway when nobody answers or the connection is lost."""
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=REQUEST_MS)
    try:
        await client.start()
        yield client
    except (KafkaConnectionError, KafkaError) as fault:
        if isinstance(fault, KafkaConnectionError) or fault.retriable:
            raise BrokerAway(f"Kafka at {bootstrap} does not answer: check KAFKA_BOOTSTRAP_SERVERS and that the broker runs.") from fault
        raise
    finally:
        await client.close()


def partitions_of(topic: Topic, inputs: int) -> int:
    """Return how many partitions `topic` is to have where the input topics have `inputs`."""
    return topic.partitions or inputs


async def create(bootstrap: str, partitions: int, *, replicas: int = -1) -> list[str]:
    """Create the topics that are missing and return their names; those that exist stay as they are.

    Args:
        bootstrap: brokers, host:port, separated by commas.
        partitions: of every input topic, and of those that follow them.
        replicas: copies of every partition; -1: the broker's own default.

    Raises:
        BrokerAway: when Kafka does not answer.
        TopicsDiffer: when the broker refuses one, with its words.
    """
    wanted = [
        NewTopic(topic.name, partitions_of(topic, partitions), replicas, {} if replicas == -1 else None, topic.config()) for topic in TOPICS
    ]
    async with admin_of(bootstrap) as admin:
        answer = await admin.create_topics(wanted)
    made = []
    for name, code, *words in answer.topic_errors:
        if code == 0:
            made.append(name)
        elif code != TopicAlreadyExistsError.errno:
            raise TopicsDiffer(f"{name} cannot be created: {next(filter(None, words), for_code(code).__name__)}")
    return made


async def find(bootstrap: str, names: list[str]) -> dict[str, Found]:
    """Return those of the topics that the broker has. Raises BrokerAway."""
    async with admin_of(bootstrap) as admin:
        there = [name for name in names if name in set(await admin.list_topics())]
        if not there:
            return {}
        described = await admin.describe_topics(there)
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in there])
    configs = {resource[3]: {entry[0]: entry[1] for entry in resource[4]} for answer in answers for resource in answer.resources}
    return {topic["topic"]: Found(len(topic["partitions"]), configs[topic["topic"]]) for topic in described}


async def partition_count(bootstrap: str, name: str) -> int:
    """Return how many partitions the topic has. Raises BrokerAway, and TopicsDiffer where the topic is missing."""
    async with admin_of(bootstrap) as admin:
        [described] = await admin.describe_topics([name])
    if described["error_code"]:
        raise TopicsDiffer(f"the broker has no topic {name}: run `tsuide topics create`")
    return len(described["partitions"])


async def check(bootstrap: str, partitions: int) -> list[Difference]:
    """Return what differs between the broker's topics and the plan, in the plan's order. Raises BrokerAway."""
    found = await find(bootstrap, [topic.name for topic in TOPICS])
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
