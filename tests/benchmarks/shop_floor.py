"""A real Kafka, a real Redis, and one worker process between them, for as long as a measurement takes."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from msgspec import Struct
from redis.asyncio import Redis

from features.store.redis import open_store
from online_models.policy.policy import Policy
from stream.agents.make_suggestions import build_engine
from stream.contracts.topics import INPUTS
from stream.ending import cancelled
from stream.engine.knowledge import Knowledge
from stream.engine.record import Outgoing
from stream.settings import Settings
from stream.transport.producer import send_all
from tests.benchmarks.clicks import SECRET, Sender
from tests.support.plain_runner import PlainRunner
from tests.support.servers import KafkaBroker, RedisServer, make_topics

PARTITIONS = 12
TSUIDE = [sys.executable, "-m", "stream.cli"]
READY_S, DRAIN_S = 60.0, 300.0


class Floor(Struct):
    """What a measurement needs: where the servers are and their process ids, a sender, and how far the workers are."""

    bootstrap: str
    redis_url: str
    folder: Path
    sender: Sender
    redis: Redis
    servers: tuple[int, ...]
    variables: dict[str, str] = {}

    def environ(self) -> dict[str, str]:
        """Return the environment of a worker on this floor."""
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "REDIS_URL": self.redis_url,
            "TSUIDE_PARTITIONS": str(PARTITIONS),
            "TSUIDE_PSEUDONYM_SECRET": SECRET.decode(),
            "OMP_NUM_THREADS": "1",
            **self.variables,
        }

    async def handled(self) -> int:
        """Return how many records the store says are handled."""
        pipe = self.redis.pipeline(transaction=False)
        for number in range(PARTITIONS):
            pipe.hgetall(f"tsuide:{{p{number}}}:f")
        fences = await pipe.execute()
        return sum(int(offset) for fence in fences for topic, offset in fence.items() if topic.decode() in INPUTS)

    async def until_handled(self, count: int) -> float:
        """Return the monotonic time at which `count` records were handled. Raises TimeoutError after 300 s."""
        deadline = time.monotonic() + DRAIN_S
        while await self.handled() < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{await self.handled()} of {count} records handled in {DRAIN_S:g} s")
            await asyncio.sleep(0.02)
        return time.monotonic()

    @asynccontextmanager
    async def reader(self, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
        """Give a reader of everything that is new in `topic`."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, group_id=None, fetch_max_wait_ms=100)
        await consumer.start()
        try:
            partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
            consumer.assign(partitions)
            await consumer.seek_to_end(*partitions)
            yield consumer
        finally:
            await consumer.stop()

    @asynccontextmanager
    async def running(self, command: str, **variables: str) -> AsyncIterator[subprocess.Popen[bytes]]:
        """Run `tsuide` with this command in a process of its own, as operations would start it; what it says is in the folder's logs."""
        process = _started(command, self.environ() | variables, self.folder / f"{command}.log")
        try:
            yield process
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
            process.wait()

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[subprocess.Popen[bytes]]:
        """Run one worker process."""
        async with self.running("worker") as process:
            yield process

    @asynccontextmanager
    async def plain_runner_without_recommending(self) -> AsyncIterator[None]:
        """Run the same engine in this process on plain aiokafka; it folds, commits and feeds the memory, and suggests nothing."""
        settings = Settings.of({name: value for name, value in self.environ().items() if name.startswith(("KAFKA_", "REDIS_", "TSUIDE_"))})
        store = open_store(settings.redis_url, prefix=settings.prefix)
        silent = Knowledge(_silent(Policy.read(settings.policy)))

        async def send(outgoing: list[Outgoing]) -> None:
            await send_all(runner.producer, outgoing)

        runner = PlainRunner(self.bootstrap, build_engine(settings, store, silent, send), group="plain")
        running = asyncio.create_task(runner.run())
        try:
            yield
        finally:
            await cancelled([running])
            await store.aclose()


def _started(command: str, environ: dict[str, str], log_file: Path) -> subprocess.Popen[bytes]:
    with log_file.open("ab") as log:
        return subprocess.Popen([*TSUIDE, command], env=environ, stdout=log, stderr=log)


def _silent(policy: Policy) -> Policy:
    return msgspec.structs.replace(policy, life_minutes=-1)


@asynccontextmanager
async def open_floor(folder: Path, *, worked_hard: bool = False) -> AsyncIterator[Floor]:
    """Start the servers, with empty topics and an empty store; `worked_hard`: as much is to go through the broker as can."""
    with KafkaBroker(folder / "kafka", worked_hard=worked_hard) as broker, RedisServer(folder / "redis") as redis:
        await make_topics(broker.bootstrap, partitions=PARTITIONS)
        producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, linger_ms=1, acks="all")
        await producer.start()
        client = Redis.from_url(redis.url)
        try:
            yield Floor(broker.bootstrap, redis.url, folder, Sender(producer, PARTITIONS), client, (broker.pid, redis.pid))
        finally:
            await client.aclose()
            await producer.stop()
