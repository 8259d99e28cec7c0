"""Faust and a plain consumer around the same engine: the same in, the same out."""

import asyncio
import signal

import msgspec

from features.profile import EMPTY, Profile
from features.store.redis import RedisStore
from stream.contracts.topics import SUGGESTIONS
from stream.engine.record import ORIGIN_HEADER
from stream.exits import OK
from stream.settings import Settings
from tests.support.counting import header, profiles, read_topic, until_worked
from tests.support.plain_worker import plain_worker
from tests.support.shop import Shop
from tests.support.workers import SHUTDOWN_S, Crew, started

HASH_BYTES = 8


async def suggested_ids(shop: Shop) -> list[str]:
    """Return the ids of all suggestions in the order of each partition."""
    return [header(record.headers, ORIGIN_HEADER) for record in await read_topic(shop.bootstrap, SUGGESTIONS)]


def folded(profile: Profile) -> Profile:
    """Return what depends on the events alone: without what was shown, the ids of events in order."""
    ids = sorted(profile.event_ids[at : at + HASH_BYTES] for at in range(0, len(profile.event_ids), HASH_BYTES))
    return msgspec.structs.replace(profile, event_ids=b"".join(ids), shown=EMPTY.shown)


async def test_both_runners_fold_the_same_and_answer_the_same(shop: Shop, crew: Crew, store: RedisStore, settings: Settings):
    # given events that Faust has worked
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(1_000)
        for customer in shop.customers[:20]:
            await shop.buy(customer, shop.items[:4])
    await until_worked(shop, store)
    worker.tell(signal.SIGTERM)
    assert await asyncio.to_thread(worker.ended, SHUTDOWN_S + 10) == OK
    by_faust, ids_by_faust = await profiles(shop, store), await suggested_ids(shop)
    # when the plain runner works the same topics from their beginning, for a store of its own
    own = msgspec.structs.replace(settings, group=f"{settings.group}-plain", prefix=f"{settings.prefix}-plain")
    async with plain_worker(own) as plain:
        await until_worked(shop, plain.store)
        by_plain, ids = await profiles(shop, plain.store), await suggested_ids(shop)
    # then every customer's profile is the same, and the same records were answered, each once
    assert {customer: folded(profile) for customer, profile in by_plain.items()} == {
        customer: folded(profile) for customer, profile in by_faust.items()
    }
    assert len(ids_by_faust) == len(set(ids_by_faust)) > 1_000
    assert sorted(ids) == sorted(ids_by_faust * 2)
