import asyncio

import pytest

from features.catalog import Catalog
from stream.catalog.follow import CatalogIntake
from stream.catalog.publish import publish, too_large, withdraw
from stream.contracts.catalog import CatalogItem
from stream.contracts.topics import CATALOG
from stream.errors import BrokerAway, TopicsDiffer
from stream.transport.follower import Follower
from tests.support.servers import free_port, make_topics


async def catalog_on(bootstrap: str, topic: str) -> CatalogIntake:
    intake = CatalogIntake(Catalog())
    follower = Follower(bootstrap, topic, intake.take)
    await follower.start()
    async with asyncio.timeout(30):
        await follower.caught_up()
    await follower.stop()
    return intake


async def test_published_items_reach_the_catalogue_the_later_row_wins_and_tombstones_withdraw(kafka: str) -> None:
    # given an empty topic
    await make_topics(kafka, prefix="publish-")
    topic = f"publish-{CATALOG}"
    # when more items than may be in flight are published, one of them twice, and one is withdrawn
    items = [CatalogItem(item_id=f"i{number}", price=1) for number in range(1_200)]
    assert await publish(kafka, [*items, CatalogItem(item_id="i7", price=2)], topic=topic) == 1_201
    assert await withdraw(kafka, ["i8"], topic=topic) == 1
    # then a follower's catalogue holds exactly that
    intake = await catalog_on(kafka, topic)
    assert (len(intake.catalog), intake.damaged) == (1_199, 0)
    assert (intake.catalog.price("i7", 0), intake.catalog.sellable("i8")) == (2, False)


async def test_a_missing_topic_is_named_with_its_cure(kafka: str) -> None:
    with pytest.raises(TopicsDiffer, match="no topic nowhere: run `tsuide topics create`"):
        await publish(kafka, [], topic="nowhere")


async def test_a_broker_that_is_away_is_named() -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(BrokerAway, match=bootstrap):
        await publish(bootstrap, [])


def test_an_item_larger_than_the_topic_takes_is_found_before_it_is_sent() -> None:
    # 2 100 specs of about 500 bytes are more than 1 MiB; one is not
    assert too_large(CatalogItem(item_id="a", specs={f"s{number}": "x" * 500 for number in range(2_100)}))
    assert not too_large(CatalogItem(item_id="a", specs={"s": "x" * 500}))
