from collections.abc import Callable

import pytest

from stream.contracts.topics import BY_NAME, CATALOG, CLICKSTREAM, MODELS, TOPICS
from stream.errors import BrokerAway
from stream.transport import topics
from stream.transport.topics import Found, differences
from tests.support.servers import KafkaBroker, free_port, make_topics

GROWN = {**BY_NAME[CATALOG].config(), "compression.type": "producer"}


def test_a_topic_as_planned_differs_in_nothing() -> None:
    assert differences(BY_NAME[CATALOG], 12, Found(1, GROWN)) == []


def test_a_missing_topic_is_cured_by_creating_it() -> None:
    [missing] = differences(BY_NAME[CATALOG], 12, None)
    assert str(missing) == "shop.catalog.v1: topic is missing, wanted there. Run `tsuide topics create`."


def test_an_input_with_other_partitions_is_never_told_to_grow() -> None:
    [wrong] = differences(BY_NAME[CLICKSTREAM], 12, Found(4, BY_NAME[CLICKSTREAM].config()))
    assert (wrong.what, wrong.wanted, wrong.found) == ("partitions", "12", "4")
    assert "TSUIDE_PARTITIONS=4" in wrong.cure


def test_a_topic_for_one_partition_is_held_against_one_whatever_the_inputs_have() -> None:
    [wrong] = differences(BY_NAME[MODELS], 12, Found(12, BY_NAME[MODELS].config()))
    assert (wrong.wanted, wrong.found) == ("1", "12")


def test_a_setting_that_differs_is_named_with_the_command_that_mends_it() -> None:
    [wrong] = differences(BY_NAME[CATALOG], 12, Found(1, GROWN | {"cleanup.policy": "delete"}))
    assert (wrong.what, wrong.wanted, wrong.found) == ("cleanup.policy", "compact", "delete")
    assert "--entity-name shop.catalog.v1 --add-config cleanup.policy=compact" in wrong.cure


async def test_topics_are_created_as_planned_and_a_second_time_nothing_happens(kafka_broker: Callable[[], KafkaBroker]) -> None:
    # given a broker without topics: everything is missing
    bootstrap = kafka_broker().bootstrap
    assert {wrong.found for wrong in await topics.check(bootstrap, 3)} == {"missing"}
    # when they are created twice
    first, second = await topics.create(bootstrap, 3), await topics.create(bootstrap, 3)
    # then the first time makes all, the second none, and nothing differs from the plan
    assert (sorted(first), second) == (sorted(topic.name for topic in TOPICS), [])
    assert await topics.check(bootstrap, 3) == []
    # and a plan of 5 partitions differs in each topic that follows the inputs' count
    assert [wrong.topic for wrong in await topics.check(bootstrap, 5)] == [topic.name for topic in TOPICS if topic.partitions is None]


async def test_only_topics_of_the_broker_are_found(kafka: str) -> None:
    await make_topics(kafka, partitions=2, prefix="found-")
    found = await topics.find(kafka, [f"found-{CATALOG}", "found-nothing"])
    assert {name: topic.partitions for name, topic in found.items()} == {f"found-{CATALOG}": 1}


async def test_a_broker_that_is_away_is_named() -> None:
    bootstrap = f"127.0.0.1:{free_port()}"
    with pytest.raises(BrokerAway, match=bootstrap):
        await topics.check(bootstrap, 3)
