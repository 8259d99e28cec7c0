import asyncio
import tomllib
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from redis import Redis

from stream.contracts.events import ViewItem
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, TOPICS
from stream.doctor import broker, here, placement, store
from stream.doctor.broker import Group
from stream.doctor.placement import Sampled
from stream.engine.who import pseudonym
from stream.exits import FAILED, OK
from stream.settings import Settings
from stream.transport.partitions import partition_of
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import KafkaBroker, RedisServer, free_port, make_topics

SECRET = "a secret of enough characters"
PARTITIONS = 4
ANA = pseudonym("ana", "k1", SECRET.encode())
HOME = partition_of(ANA, PARTITIONS)
AWAY = (HOME + 1) % PARTITIONS


def sample(partition: int, *, key: bytes | None = ANA.encode(), customer: str | None = ANA, timestamp_ms: int = 0) -> Sampled:
    return Sampled(CLICKSTREAM, partition, key, timestamp_ms, customer, "collector")


def test_an_old_python_and_a_missing_library_fail() -> None:
    assert (here.python((3, 10, 9)).state, here.python((3, 11, 0)).state) == ("fail", "ok")
    assert (here.library("no-such-library", (1,)).state, here.library("aiokafka", (999,)).state) == ("fail", "fail")
    assert here.library("aiokafka", (0, 14)).state == "ok"


def test_the_libraries_that_are_looked_at_are_those_that_the_project_asks_for() -> None:
    asked = tomllib.loads(Path("pyproject.toml").read_text())["project"]["dependencies"]
    wanted = dict(line.replace("[hiredis]", "").split(">=") for line in asked)
    assert {name: wanted[name] for name in here.LIBRARIES} == {name: ".".join(map(str, least)) for name, least in here.LIBRARIES.items()}


def test_a_worker_without_a_secret_would_not_start() -> None:
    finding = here.secret(Settings.of({}))
    assert finding.state == "fail"
    assert "TSUIDE_PSEUDONYM_SECRET" in finding.cure


@pytest.mark.parametrize(
    ("partitions", "state"),
    [
        ({CLICKSTREAM: 4, CART: 4, CONSENT: 4}, "ok"),
        ({CLICKSTREAM: 4, CART: 4, CONSENT: 3}, "fail"),
        ({CLICKSTREAM: 4, CART: 4}, "fail"),
        ({}, "fail"),
    ],
)
def test_all_input_topics_need_the_same_number_of_partitions(partitions: dict[str, int], state: str) -> None:
    assert broker.inputs(partitions).state == state


@pytest.mark.parametrize(("word", "state"), [("Stable", "ok"), ("PreparingRebalance", "warn"), ("Empty", "warn"), ("Dead", "warn")])
def test_a_group_that_nobody_reads_with_is_a_warning(word: str, state: str) -> None:
    finding = broker.group("tsuide", Group(word, 0, 7), "tsuide worker")
    assert (finding.state, "7 record(s) behind" in finding.found) == (state, True)


def test_records_in_their_customers_partition_are_well_placed() -> None:
    [finding] = placement.placement([sample(HOME), sample(HOME)], {CLICKSTREAM: PARTITIONS})
    assert (finding.state, finding.found) == ("ok", "2 of 2 sampled records lie with their customer")


@pytest.mark.parametrize(
    ("misplaced", "cause"),
    [
        (sample(AWAY, key=None), "no key"),
        (sample(AWAY, key=b"order-1"), "another key than the customer"),
        (sample(crc32(ANA.encode()) % PARTITIONS), "librdkafka's default partitioner (crc32)"),
    ],
)
def test_what_put_a_record_elsewhere_is_named_with_its_cure(misplaced: Sampled, cause: str) -> None:
    # given a record that does not lie at home (the crc32 of this customer's pseudonym is not its murmur2)
    assert misplaced.partition != HOME
    [finding] = placement.placement([misplaced, sample(HOME)], {CLICKSTREAM: PARTITIONS})
    assert finding.state == "warn"
    assert finding.found == f"1 of 2 sampled records lie elsewhere: {cause}, producer collector"
    assert finding.cure.startswith(placement.CURES[cause])


def test_unreadable_records_are_not_judged_by_their_place() -> None:
    [finding] = placement.placement([sample(AWAY, customer=None)], {CLICKSTREAM: PARTITIONS})
    assert finding.found == "0 of 0 sampled records lie with their customer"


def test_a_producer_whose_clock_is_ahead_is_a_warning() -> None:
    assert placement.clocks([sample(HOME, timestamp_ms=200_000)], now_ms=139_999).state == "warn"
    assert placement.clocks([sample(HOME, timestamp_ms=200_000)], now_ms=140_000).state == "ok"
    assert placement.clocks([], now_ms=0).state == "ok"


def test_an_old_an_evicting_an_unwritten_and_a_full_redis_are_told() -> None:
    assert [store.version(found).state for found in ("6.0.16", "6.2.14", "8.0")] == ["fail", "ok", "ok"]
    assert [store.eviction({"maxmemory_policy": found}).state for found in ("allkeys-lru", "noeviction")] == ["fail", "ok"]
    assert store.persistence({"aof_enabled": 0}).state == "warn"
    assert store.persistence({"aof_enabled": 1, "aof_last_write_status": "err"}).state == "fail"
    assert store.persistence({"aof_enabled": 1, "aof_last_write_status": "ok"}).state == "ok"
    assert [store.room({"used_memory": used, "maxmemory": 100}).state for used in (80, 81)] == ["ok", "warn"]
    assert store.room({"used_memory": 81, "maxmemory": 0}).state == "ok"
    assert [store.clock(skew_ms).state for skew_ms in (-1_001, 1_000)] == ["warn", "ok"]


def test_what_is_away_fails_and_everything_else_is_still_looked_at(tsuide: Tsuide) -> None:
    ended = tsuide("doctor", "--json", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    states = {finding["check"]: finding["state"] for finding in ended.json["findings"]}
    assert (ended.code, ended.json["ok"]) == (FAILED, False)
    assert (states["python"], states["policy"], states["kafka"], states["redis"]) == ("ok", "ok", "fail", "fail")


def test_a_redis_that_evicts_is_found_by_asking_it(tsuide: Tsuide, redis_server: Callable[[], RedisServer]) -> None:
    server = redis_server()
    with Redis.from_url(server.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    ended = tsuide("doctor", "--json", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}", REDIS_URL=server.url)
    states = {finding["check"]: finding["state"] for finding in ended.json["findings"]}
    assert (states["redis"], states["redis maxmemory-policy"], states["redis append-only file"]) == ("ok", "fail", "ok")


async def _view(bootstrap: str, partition: int) -> None:
    value = msgspec.json.encode(ViewItem(event_id="a", event_time_ms=1_763_780_000_000, customer=ANA))
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait(CLICKSTREAM, value, key=ANA.encode(), partition=partition)


def test_a_sound_house_has_nothing_that_fails_and_a_misplaced_record_is_a_warning(
    tsuide: Tsuide, redis_url: str, kafka_broker: Callable[[], KafkaBroker]
) -> None:
    # given a broker with the topics as planned, a Redis, a secret, and one record at home
    bootstrap = kafka_broker().bootstrap
    environment = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "REDIS_URL": redis_url}
    environment |= {"TSUIDE_PARTITIONS": str(PARTITIONS), "TSUIDE_PSEUDONYM_SECRET": SECRET}
    asyncio.run(make_topics(bootstrap, partitions=PARTITIONS))
    asyncio.run(_view(bootstrap, HOME))
    # when the doctor looks
    ended = tsuide("doctor", "--json", **environment)
    # then nothing fails; only that nobody reads is a warning
    assert [finding for finding in ended.json["findings"] if finding["state"] == "fail"] == []
    assert ended.code == OK
    states = {finding["check"]: finding["state"] for finding in ended.json["findings"]}
    assert {check for check, state in states.items() if state != "ok"} == {"group tsuide", "group tsuide-trainer"}
    assert {finding["found"] for finding in ended.json["findings"] if finding["check"] == "topics"} == {f"{len(TOPICS)} topics as planned"}
    # and a second record, in another partition, is told with how many there are
    asyncio.run(_view(bootstrap, AWAY))
    people = tsuide("doctor", **environment)
    assert people.code == OK
    assert "warn placement shop.clickstream.v1: 1 of 2 sampled records lie elsewhere" in people.out
