"""From baskets to weights that workers use."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import cycle

import msgspec

from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import MODELS, TRAINING
from stream.contracts.training import Example, ModelRecord, Training
from tests.support.counting import read_topic, suggestions
from tests.support.shop import Shop
from tests.support.workers import Crew, started

LOOK_AGAIN_S = 0.2
BETWEEN_ORDERS_S = 0.05


async def until(holds: Callable[[], Awaitable[bool]], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not await holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:g} s")
        await asyncio.sleep(LOOK_AGAIN_S)


async def test_what_baskets_teach_reaches_the_suggestions_and_is_learnt_once(shop: Shop, crew: Crew):
    # given a worker and a trainer
    await started(crew.worker())
    trainer = crew.trainer().launch()
    async with shop.trading(per_second=100), buying(shop):
        # then what customers do becomes examples, examples a model, and the model's version stands in the suggestions
        await until(lambda: learnt(shop, "basket.mixed"))
        await until(lambda: answered_by_a_model(shop))
        # when the trainer is killed, and another one begins while the shop goes on
        trainer.kill9()
        await shop.has_sent(100)
        crew.trainer().launch()
        await shop.has_sent(100)
    # then in the end every example was learnt, once
    await until(lambda: everything_learnt(shop))
    model = await newest(shop)
    assert model is not None
    by_head: dict[str, set[str]] = {}
    for example in await examples(shop):
        by_head.setdefault(example.head, set()).add(example.id)
    assert {name: head.examples for name, head in model.heads.items() if head.examples} == {head: len(ids) for head, ids in by_head.items()}
    assert {"browse", "basket.mixed"} <= by_head.keys()


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


async def examples(shop: Shop) -> list[Example]:
    read = [msgspec.json.decode(record.value, type=Training) for record in await read_topic(shop.bootstrap, TRAINING)]
    return [one for one in read if isinstance(one, Example)]


async def newest(shop: Shop) -> ModelRecord | None:
    models = [msgspec.json.decode(record.value, type=ModelRecord) for record in await read_topic(shop.bootstrap, MODELS)]
    return max(models, key=lambda model: model.learnt_to, default=None)


async def learnt(shop: Shop, head: str) -> bool:
    model = await newest(shop)
    return model is not None and head in model.heads and model.heads[head].examples > 0


async def answered_by_a_model(shop: Shop) -> bool:
    values = [value for several in (await suggestions(shop.bootstrap)).values() for value in several]
    return any(msgspec.json.decode(value, type=Suggestion).model_version > 0 for value in values)


async def everything_learnt(shop: Shop) -> bool:
    model, records = await newest(shop), await read_topic(shop.bootstrap, TRAINING)
    return model is not None and model.learnt_to == records[-1].offset + 1
