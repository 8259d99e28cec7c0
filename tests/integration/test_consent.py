"""The customer's will, carried out everywhere."""

import asyncio
import time
from collections.abc import Callable

import msgspec

from features.profile import Profile
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import MEMORY
from stream.settings import Settings
from tests.support.counting import counts_of, profiles, read_topic, suggestions, until_worked
from tests.support.plain_worker import plain_worker
from tests.support.shop import Shop, customer_named
from tests.support.traces import named_in, named_in_redis

LOOK_AGAIN_S = 0.05


async def until(holds: Callable[[], bool], *, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s:g} s")
        await asyncio.sleep(LOOK_AGAIN_S)


async def suggested_to(shop: Shop, customer: str) -> list[Suggestion]:
    """Return what was suggested to the customer, in order of seq."""
    read = [msgspec.json.decode(value, type=Suggestion) for values in (await suggestions(shop.bootstrap)).values() for value in values]
    return sorted([one for one in read if one.customer == customer], key=lambda one: one.seq)


async def test_who_wants_to_be_forgotten_is_named_nowhere(shop: Shop, settings: Settings):
    # given a customer whom the store, the caches and the shared memory know, with a purchase and without session ids
    ana = customer_named("ana, whom no other test knows")
    shop.customers.append(ana)
    async with plain_worker(settings) as worker:
        async with shop.trading():
            for item in shop.items[:5]:
                await shop.tell(shop.an_event(ana, item, session_id=None))
            await shop.buy(ana, shop.items[:3])
        await until_worked(shop, worker.store)
        await until(lambda: bool(named_in(worker.knowledge.memory, ana)))
        assert await named_in_redis(settings.redis_url, ana)
        assert named_in(worker.engine, ana)
        # when she wants to be forgotten
        await shop.choose(ana, "forget")
        await until_worked(shop, worker.store)
        # then nothing names her any more: neither a key or a value, nor what the worker keeps, nor what it learnt from her
        await until(lambda: not named_in(worker.knowledge.memory, ana))
        assert await named_in_redis(settings.redis_url, ana) == []
        assert named_in(worker.engine, ana) == []
        # and everybody else is still there
        assert len(await profiles(shop, worker.store)) == len({one.customer for one in shop.sent}) - 1


async def test_who_opts_out_is_shown_and_remembered_nothing_until_he_opts_in_again(shop: Shop, settings: Settings):
    ben = shop.customers[0]
    async with plain_worker(settings) as worker:
        # given a customer who is shown something
        await shop.tell(shop.an_event(ben, "item-1"))
        await until_worked(shop, worker.store)
        [shown] = await suggested_to(shop, ben)
        assert [one.item_list_id for one in shown.lists if one.items] == ["accessories"]
        # when he opts out
        await shop.choose(ben, "opt_out")
        await until_worked(shop, worker.store)
        # then his page is cleared, and only his will is kept
        [_, cleared] = await suggested_to(shop, ben)
        assert (cleared.session_id, cleared.seq > shown.seq) == (shown.session_id, True)
        assert [(one.item_list_id, one.items) for one in cleared.lists] == [("accessories", ())]
        assert await profiles(shop, worker.store) == {ben: Profile(opted_out=True)}
        await until(lambda: not named_in(worker.knowledge.memory, ben))
        # and what he does from then on is neither answered nor kept nor remembered
        await shop.tell(shop.an_event(ben, "item-2"))
        await until_worked(shop, worker.store)
        assert len(await suggested_to(shop, ben)) == 2
        assert await profiles(shop, worker.store) == {ben: Profile(opted_out=True)}
        assert [b"item-2" in record.value for record in await remembered_of(shop, ben)] == [False, False]
        # until he opts in again
        await shop.choose(ben, "opt_in")
        await shop.tell(shop.an_event(ben, "item-3"))
        await until_worked(shop, worker.store)
        assert counts_of((await profiles(shop, worker.store))[ben]) == {("view_item", "item-3"): 1}
        assert (await suggested_to(shop, ben))[-1].context.item_id == "item-3"


async def remembered_of(shop: Shop, customer: str) -> list:
    """Return the records about the customer in the shared memory's topic."""
    return [record for record in await read_topic(shop.bootstrap, MEMORY) if record.key == customer.encode()]
