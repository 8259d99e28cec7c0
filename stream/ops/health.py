"""Whether a process is ready, and if not, why: findings in words, and the verdict over them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from msgspec import Struct

from features.errors import StoreAway
from features.store.port import Store
from stream.transport.follower import Follower

Level = Literal["note", "degraded", "unready"]
Status = Literal["ok", "degraded", "unready"]
LEVELS: Sequence[Level] = ("note", "degraded", "unready")  # the worst last
ASK_S = 2.0  # what a server may take to answer: a probe of ours is itself given up after a few seconds


class Finding(Struct, frozen=True):
    """One thing worth telling. A note is no fault; degraded works on, less well; unready does not do what it is there for."""

    level: Level
    reason: str


class Verdict(Struct, frozen=True):
    """What a probe is told. Only `unready` is answered with 503."""

    status: Status
    reasons: tuple[str, ...] = ()


Check = Callable[[], Awaitable[list[Finding]]]


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the worst level, and all reasons, the worst first."""
    ordered = sorted(findings, key=lambda one: -LEVELS.index(one.level))
    worst = ordered[0].level if ordered else "note"
    return Verdict("ok" if worst == "note" else worst, tuple(one.reason for one in ordered))


class Standing(Struct, frozen=True, kw_only=True):
    """How a worker or a trainer stands. `knows_all`: what it reads before it begins is read; `assignments`: how often it was given any."""

    knows_all: bool = True
    assignments: int
    partitions: int
    waiting_for: str | None
    why: str = ""
    oldest_waiting_s: float = 0.0
    too_old_s: float = float("inf")
    policy_fault: str | None = None


def of_standing(standing: Standing) -> list[Finding]:
    """Return what is to be said of a worker or a trainer by itself."""
    if not standing.knows_all:
        return []  # said by its followers; it has not asked for partitions yet
    findings = []
    if standing.waiting_for is not None:
        findings.append(Finding("unready", f"waits for {standing.waiting_for}" + (f": {standing.why}" if standing.why else "")))
    if standing.assignments == 0:
        findings.append(Finding("unready", "the group has given no partitions yet"))
    elif standing.partitions == 0:
        findings.append(Finding("note", "stands by: all partitions are with others of its group"))
    if standing.oldest_waiting_s > standing.too_old_s:
        behind = (
            f"catches up: its oldest record is {standing.oldest_waiting_s:.0f} s old, and after {standing.too_old_s:.0f} s none is answered"
        )
        findings.append(Finding("unready", behind))
    if standing.policy_fault is not None:
        findings.append(Finding("degraded", f"the policy read before stays in use: {standing.policy_fault}"))
    return findings


def of_followers(followers: Iterable[Follower]) -> list[Finding]:
    """Return what is not read yet of what stood in these topics at the start."""
    return [
        Finding("unready", f"still reads {one.topic}: {one.behind:,} records to go, the broker lost {one.faults} times")
        for one in followers
        if not one.has_caught_up
    ]


async def of_store(store: Store, partition: int = 0) -> list[Finding]:
    """Ask the store for something small."""
    try:
        async with asyncio.timeout(ASK_S):
            await store.crashes(partition)
    except StoreAway as fault:
        return [Finding("unready", f"Redis does not answer: {fault}")]
    except TimeoutError:
        return [Finding("unready", f"Redis has not answered within {ASK_S:g} s")]
    return []


async def of_broker(producer: AIOKafkaProducer) -> list[Finding]:
    """Ask the broker who leads which partition."""
    try:
        async with asyncio.timeout(ASK_S):
            answered = await producer.client.force_metadata_update()
    except TimeoutError:
        return [Finding("unready", f"Kafka has not answered within {ASK_S:g} s")]
    return [] if answered else [Finding("unready", "Kafka does not answer: check that it runs and can be reached")]
