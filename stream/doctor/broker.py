"""Kafka: reachable, topics as planned, who reads them and how far behind."""

import time
from collections.abc import Iterator

from aiokafka import TopicPartition  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from msgspec import Struct

from stream.connection.clients import consumer_of
from stream.connection.kafka import Broker, Kafka
from stream.contracts.topics import INPUTS, TOPICS, TRAINING
from stream.doctor.finding import Finding
from stream.engine.record import TopicPartition as Partition
from stream.settings import Settings
from stream.transport.groups import find_group
from stream.transport.topics import Difference, admin_of, check, find


class Group(Struct, frozen=True):
    """A consumer group: Kafka's word for its state, its members, and records committed by nobody yet."""

    state: str
    members: int
    behind: int


async def look_at_broker(settings: Settings) -> list[Finding]:
    """Return what Kafka says about itself and the topics. Raises BrokerAway."""
    since = time.monotonic()
    async with admin_of(settings.kafka) as admin:
        brokers = (await admin.describe_cluster())["brokers"]
    took_ms = 1000 * (time.monotonic() - since)
    reached = Finding("kafka", "ok", f"{len(brokers)} broker(s) at {settings.kafka_bootstrap_servers}, answered in {took_ms:.0f} ms")
    wrong = await check(settings.kafka, settings.partitions)
    there = await find(settings.kafka, list(INPUTS))
    return [reached, security(settings.kafka), *topics(wrong), inputs({name: topic.partitions for name, topic in there.items()})]


def security(kafka: Kafka) -> Finding:
    """Judge how the connection is protected; a user's name is told, a secret never."""
    if kafka.has_user and not kafka.has_tls:
        return Finding("kafka security", "warn", kafka.security, "Set KAFKA_SECURITY_PROTOCOL to SASL_SSL: others can read along.")
    return Finding("kafka security", "ok", kafka.security)


def topics(wrong: list[Difference]) -> Iterator[Finding]:
    """Judge the differences between the broker's topics and the plan."""
    if not wrong:
        yield Finding("topics", "ok", f"{len(TOPICS)} topics as planned")
    for one in wrong:
        yield Finding(f"topic {one.topic}", "fail", f"{one.what} is {one.found}, wanted {one.wanted}", one.cure)


def inputs(partitions: dict[str, int]) -> Finding:
    """Judge whether a customer's records of all input topics can lie under one partition number."""
    shown = ", ".join(f"{name} {count}" for name, count in sorted(partitions.items())) or "none is there"
    if len(partitions) == len(INPUTS) and len(set(partitions.values())) == 1:
        return Finding("input partitions", "ok", shown)
    cure = "All input topics need the same number: delete them and run `tsuide topics create`."
    return Finding("input partitions", "fail", shown, cure)


async def look_at_groups(settings: Settings) -> list[Finding]:
    """Return how the workers' and the trainer's groups stand. Raises BrokerAway."""
    broker = settings.kafka
    async with admin_of(broker) as admin:
        workers = await _group(admin, broker, settings.group, INPUTS)
        trainer = await _group(admin, broker, f"{settings.group}-trainer", (TRAINING,))
    return [group(settings.group, workers, "tsuide worker"), group(f"{settings.group}-trainer", trainer, "tsuide trainer")]


def group(name: str, found: Group, command: str) -> Finding:
    """Judge one group's state."""
    shown = f"{found.state}, {found.members} member(s), {found.behind} record(s) behind"
    if found.state == "Stable":
        return Finding(f"group {name}", "ok", shown)
    if found.state in ("PreparingRebalance", "CompletingRebalance"):
        return Finding(f"group {name}", "warn", shown, "Members are joining or leaving: look again in some seconds.")
    return Finding(f"group {name}", "warn", shown, f"Nobody reads: start `{command}`.")


async def _group(admin: AIOKafkaAdminClient, broker: Broker, name: str, topics: tuple[str, ...]) -> Group:
    there = await find_group(admin, name)  # before the ends, so that nothing counts below zero
    counts = await find(broker, list(topics))
    partitions = [TopicPartition(topic, number) for topic, found in counts.items() for number in range(found.partitions)]
    if not partitions:
        return Group(there.state, there.members, 0)
    consumer = consumer_of(broker, group_id=None)
    try:
        await consumer.start()
        first = await consumer.beginning_offsets(partitions)
        ends = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    behind = sum(ends[at] - max(first[at], there.committed.get(Partition(*at), -1)) for at in partitions)
    return Group(there.state, there.members, behind)
