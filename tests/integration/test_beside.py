"""A worker of topics whose names end in a suffix, beside the live ones."""

import msgspec

from features.store.redis import RedisStore
from stream.connection.clients import producer_of
from stream.connection.kafka import Kafka
from stream.contracts.topics import CLICKSTREAM, INPUTS, MEMORY, SUGGESTIONS, TOPICS
from stream.ops.lag.look import looker
from stream.settings import Settings
from stream.transport.producer import SETTINGS
from stream.transport.topics import admin_of, create
from tests.support.counting import read_topic
from tests.support.shop import Shop, now_ms
from tests.support.waiting import until
from tests.support.workers import Crew, started


async def test_a_worker_beside_works_what_lies_beside_and_lag_tells_of_it(shop: Shop, crew: Crew, store: RedisStore):
    # given an event among the live topics and one beside them
    beside = Kafka(shop.bootstrap, suffix=".beside")
    await create(beside, shop.partitions)
    own = Settings.of(crew.environ | {"TSUIDE_TOPICS_SUFFIX": beside.suffix})
    customer, item = shop.customers[0], shop.items[0]
    try:
        await shop.tell(shop.an_event(customer, item))
        async with producer_of(beside, **SETTINGS) as producer:
            await producer.send_and_wait(
                CLICKSTREAM, msgspec.json.encode(shop.an_event(customer, "beside")), partition=shop.home_of(customer), timestamp_ms=now_ms()
            )
        # when a worker of those beside has worked
        await started(crew.worker(TSUIDE_TOPICS_SUFFIX=beside.suffix))

        async def remembered() -> bool:
            return bool(await read_topic(shop.bootstrap, MEMORY + beside.suffix))

        async with looker(own) as look:
            await until(remembered, within_s=30, what="the worker has worked")
            places = [place for place in await look.look() if place.group == crew.prefix]
        # then it has worked the one beside alone, and stands at its end
        [profile] = [profiles[customer] async for _, profiles in store.everybody()]
        assert [touch.item_id for touch in profile.recent] == ["beside"]
        assert {place.topic for place in places} == set(INPUTS)
        assert sum(place.end for place in places) == 1
        assert all(place.lag == 0 for place in places if place.end)
        assert await read_topic(shop.bootstrap, SUGGESTIONS) == []
        [memory] = await read_topic(shop.bootstrap, MEMORY + beside.suffix)
        assert f'"{CLICKSTREAM}"'.encode() in memory.value  # by its plain name
    finally:
        async with admin_of(beside) as admin:
            await admin.delete_topics([topic.name for topic in TOPICS])
