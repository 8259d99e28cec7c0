"""A worker inside the test's own process, on the reference runner: what it knows and keeps can be looked at."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct

from features.store.port import Store
from features.store.redis import open_store
from online_models.policy.policy import Policy
from stream.agents.make_suggestions import build_engine, follow_knowledge
from stream.ending import cancelled
from stream.engine.engine import Engine
from stream.engine.knowledge import Knowledge
from stream.engine.record import Outgoing
from stream.settings import Settings
from stream.transport.producer import send_all
from tests.support.plain_runner import PlainRunner


class PlainWorker(Struct):
    """The parts of a running worker."""

    engine: Engine
    knowledge: Knowledge
    store: Store


@asynccontextmanager
async def plain_worker(settings: Settings) -> AsyncIterator[PlainWorker]:
    """Run a worker while the block runs."""
    store = open_store(settings.redis_url, prefix=settings.prefix)
    knowledge = Knowledge(Policy.read(settings.policy))

    async def send(outgoing: Sequence[Outgoing]) -> None:
        await send_all(runner.producer, outgoing)

    engine = build_engine(settings, store, knowledge, send)
    runner = PlainRunner(settings.kafka_bootstrap_servers, engine, group=settings.group)
    followers = follow_knowledge(settings, knowledge)
    for follower in followers:
        await follower.start()
    await asyncio.gather(*(follower.caught_up() for follower in followers))
    try:
        async with asyncio.TaskGroup() as group:  # where the runner ends by an error, so does the block
            running = group.create_task(runner.run(), name="plain runner")
            yield PlainWorker(engine, knowledge, store)
            await cancelled([running])
    finally:
        for follower in followers:
            await follower.stop()
        await store.aclose()
