"""What the trainer was given and what it published, as the topics hold it."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle

import msgspec

from stream.agents.learn_ranker import AT, RankerTrainer
from stream.contracts.topics import MODELS, TRAINING
from stream.contracts.training import Example, ModelRecord, Training
from stream.engine.record import Outgoing
from stream.transport.handler import record_of
from tests.support.counting import read_topic
from tests.support.shop import Shop

BETWEEN_ORDERS_S = 0.05


@asynccontextmanager
async def buying(shop: Shop) -> AsyncIterator[None]:
    """Send orders of four articles, one customer after the other, while the block runs."""
    over = asyncio.Event()

    async def buy() -> None:
        for at, customer in enumerate(cycle(shop.customers)):
            await shop.buy(customer, shop.items[at % 10 : at % 10 + 4])
            if over.is_set():
                return
            await asyncio.sleep(BETWEEN_ORDERS_S)

    orders = asyncio.create_task(buy())
    try:
        yield
    finally:
        over.set()
        await orders


async def examples(bootstrap: str) -> list[Example]:
    """Return all examples in the order in which they were sent, repeated ones too."""
    read = [msgspec.json.decode(record.value, type=Training) for record in await read_topic(bootstrap, TRAINING)]
    return [one for one in read if isinstance(one, Example)]


async def models(bootstrap: str) -> list[ModelRecord]:
    """Return all models in the order in which they were published."""
    return [msgspec.json.decode(record.value, type=ModelRecord) for record in await read_topic(bootstrap, MODELS)]


async def newest(bootstrap: str) -> ModelRecord | None:
    """Return the model that counts."""
    return max(await models(bootstrap), key=lambda model: model.learnt_to, default=None)


async def learnt(bootstrap: str, head: str) -> bool:
    """Return whether a model was published of which this head has learnt anything."""
    model = await newest(bootstrap)
    return model is not None and head in model.heads and model.heads[head].examples > 0


async def everything_learnt(bootstrap: str) -> bool:
    """Return whether a model has learnt the training topic to its end."""
    model, records = await newest(bootstrap), await read_topic(bootstrap, TRAINING)
    return model is not None and bool(records) and model.learnt_to == records[-1].offset + 1


async def taught(bootstrap: str) -> dict[str, int]:
    """Return how many different examples each head was sent."""
    by_head: defaultdict[str, set[str]] = defaultdict(set)
    for example in await examples(bootstrap):
        by_head[example.head].add(example.id)
    return {head: len(ids) for head, ids in by_head.items()}


def learnt_by(model: ModelRecord) -> dict[str, int]:
    """Return how many examples each head has learnt."""
    return {name: head.examples for name, head in model.heads.items() if head.examples}


async def undisturbed(bootstrap: str) -> ModelRecord:
    """Return the model of a trainer that reads the whole training topic in one go."""
    published: list[Outgoing] = []

    async def nothing() -> None:
        return None

    async def publish(outgoing: Sequence[Outgoing]) -> None:
        published.extend(outgoing)

    trainer = RankerTrainer(newest=nothing, send=publish, wall_ms=lambda: 0)
    await trainer.assign({AT: 0})
    await trainer.handle({AT: [record_of(record) for record in await read_topic(bootstrap, TRAINING)]})
    await trainer.publish_when_due(at_once=True)
    return msgspec.json.decode(published[-1].value or b"", type=ModelRecord)
