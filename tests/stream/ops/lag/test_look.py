"""What is read from a real Kafka and a real Redis, with a real worker, held against Kafka's own tool."""

import asyncio
import time
from collections.abc import Callable

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from features.store.port import Commit, Fence
from features.store.redis import RedisStore
from stream.contracts.topics import CART, CLICKSTREAM, TRAINING
from stream.ops.lag.follow import Windows, follow_on
from stream.ops.lag.look import looker
from stream.ops.lag.rules import Lag, State
from stream.settings import Settings
from tests.support.counting import until_worked
from tests.support.kafka_tools import describe_group
from tests.support.servers import KafkaBroker, make_topics
from tests.support.shop import Shop, now_ms
from tests.support.workers import Crew, started

HOUR_MS = 3_600_000
SOON_S = 60


async def lags(settings: Settings, *, looks: int = 2) -> dict[tuple[str, int], Lag]:
    """Return what looks half a second apart say of every partition."""
    windows = Windows()
    async with looker(settings) as here:
        for _ in range(looks - 1):
            windows.add(await here.look())
            await asyncio.sleep(0.5)
        found = windows.add(await here.look())
    return {(lag.topic, lag.partition): lag for lag in found}


async def until(settings: Settings, holds: Callable[[list[Lag]], bool], what: str) -> list[Lag]:
    """Look until `holds` of the workers' partitions."""
    deadline = time.monotonic() + SOON_S
    while not holds(found := [lag for lag in (await lags(settings)).values() if lag.group == settings.group]):
        assert time.monotonic() < deadline, f"not within {SOON_S} s: {what}; {found}"
    return found


def states(found: list[Lag]) -> set[State]:
    return {lag.state for lag in found if lag.lag != 0}


async def stand(store: RedisStore, partition: int, **watermarks: int) -> None:
    """Write a fence, as a worker's commit does; `clicks` and `carts` are the next offsets."""
    names = {"clicks": CLICKSTREAM, "carts": CART}
    after = Fence({names[name]: offset for name, offset in watermarks.items()})
    before = (await store.read({partition: ()}))[partition].fence
    assert await store.commit([Commit(partition, before, after, {}, b"")]) == {}


async def test_it_agrees_with_kafkas_own_tool_while_a_worker_reads_and_after_it_was_stopped(
    shop: Shop, crew: Crew, store: RedisStore, settings: Settings
) -> None:
    async def the_same() -> dict[tuple[str, int], Lag]:
        ours = {at: lag for at, lag in (await lags(settings)).items() if lag.group == settings.group}
        theirs = await asyncio.to_thread(describe_group, settings.kafka_bootstrap_servers, settings.group)
        assert {at: (ours[at].committed, ours[at].end, ours[at].lag) for at in theirs} == theirs
        assert {at for at, lag in ours.items() if lag.committed is not None} <= theirs.keys()
        return ours

    # given a worker that has handled and committed all that was sent
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(300)
    await until_worked(shop, store)
    await until(settings, lambda found: all(lag.committed == lag.watermark for lag in found), "all is committed")
    # then both tools say that nothing waits
    ours = await the_same()
    assert sum(lag.lag or 0 for lag in ours.values()) == 0
    assert {lag.state for lag in ours.values()} == {"OK"}
    assert {lag.readers for lag in ours.values()} == {1}
    # when the worker is stopped, and more is sent
    handled = len(shop.sent)
    await asyncio.to_thread(worker.terminate)
    async with shop.trading():
        await shop.has_sent(200)
    # then both say of each partition how much waits there, and nobody reads it
    ours = await the_same()
    assert sum(lag.lag or 0 for lag in ours.values()) == len(shop.sent) - handled
    assert states(list(ours.values())) == {"STOPPED"}
    # and what no trainer has ever read is not counted as lag
    training = (await lags(settings))[TRAINING, 0]
    assert (training.state, training.lag, training.waits) == ("NO_COMMIT", None, True)


async def test_a_worker_that_hangs_is_a_stall_then_a_stop_and_it_clears_when_it_goes_on(
    shop: Shop, crew: Crew, store: RedisStore, settings: Settings
) -> None:
    worker = crew.worker()
    await started(worker)
    async with shop.trading():
        await shop.has_sent(100)
    await until_worked(shop, store)
    # when it hangs, and more comes
    worker.pause()
    async with shop.trading():
        await shop.has_sent(100)
    # then it is seen to read nothing, and after its session is over (6 s) that nobody reads
    assert states(list((await lags(settings)).values())) & {"STALLED", "STOPPED"} == {"STALLED"}
    await until(settings, lambda found: states(found) == {"STOPPED"}, "its session is over")
    # and when it goes on, all is well again
    worker.resume()
    await until(settings, lambda found: {lag.state for lag in found} == {"OK"}, "it has caught up")


async def test_seconds_are_the_age_of_the_first_record_that_waits_though_nobody_reads(
    shop: Shop, store: RedisStore, settings: Settings
) -> None:
    # given records of three hours, one hour and now in two partitions, larger than what is fetched at once; the first is handled
    now = now_ms()
    async with AIOKafkaProducer(bootstrap_servers=shop.bootstrap) as producer:
        for partition in (0, 1):
            for at_ms in (now - 3 * HOUR_MS, now - HOUR_MS, now):
                await producer.send_and_wait(CLICKSTREAM, b"x" * 200_000, partition=partition, timestamp_ms=at_ms)
            await stand(store, partition, clicks=1)
    # then two wait, for an hour
    found = await lags(settings)
    for partition in (0, 1):
        lag = found[CLICKSTREAM, partition]
        assert (lag.lag, lag.state) == (3 - 1, "STOPPED")
        assert lag.lag_s is not None
        assert 3_600 <= lag.lag_s < 3_600 + SOON_S
    # and a partition with records that nobody has ever read tells their age, too
    await shop.put(CART, 2, b"{}")
    unread = (await lags(settings))[CART, 2]
    assert (unread.state, unread.lag) == ("NO_COMMIT", None)
    assert unread.lag_s is not None
    assert unread.lag_s < SOON_S


async def test_the_mark_that_ends_a_transaction_is_no_record_that_waits(shop: Shop, store: RedisStore, settings: Settings) -> None:
    # given two transactions of a record each, at offsets 0 and 2; the marks that end them are at 1 and 3
    async with AIOKafkaProducer(bootstrap_servers=shop.bootstrap, transactional_id=settings.group) as producer:
        for _ in range(2):
            async with producer.transaction():
                await producer.send(CLICKSTREAM, b"{}", partition=0)
    # when the first record is handled, one record and two marks are left, as Kafka counts; when the second is, nothing waits
    await stand(store, 0, clicks=1)
    assert (await lags(settings))[CLICKSTREAM, 0].lag == 4 - 1
    await stand(store, 0, clicks=3)
    found = (await lags(settings))[CLICKSTREAM, 0]
    assert (found.state, found.end, found.lag, found.lag_s) == ("OK", 4, 0, 0.0)


async def test_records_that_were_deleted_unread_are_lost_and_a_watermark_that_fell_is_rewound(
    shop: Shop, store: RedisStore, settings: Settings
) -> None:
    # given ten records of which four are handled, in two partitions
    for partition in (0, 1):
        for _ in range(10):
            await shop.put(CLICKSTREAM, partition, b"{}")
        await stand(store, partition, clicks=4)
    # when in one the first six are deleted, and in the other Redis falls back to the first between two looks
    windows = Windows()
    async with looker(settings) as here:
        windows.add(await here.look())
        admin = AIOKafkaAdminClient(bootstrap_servers=shop.bootstrap)
        await admin.start()
        await admin.delete_records({TopicPartition(CLICKSTREAM, 0): RecordsToDelete(before_offset=6)})
        await admin.close()
        await stand(store, 1, clicks=1)
        found = {(lag.topic, lag.partition): lag for lag in windows.add(await here.look())}
    # then
    lost, fallen = found[CLICKSTREAM, 0], found[CLICKSTREAM, 1]
    assert (lost.state, lost.lost, lost.lag) == ("DATA_LOST", 6 - 4, 10 - 6)
    assert (fallen.state, fallen.lost, fallen.lag) == ("REWOUND", 0, 10 - 1)


async def test_a_broker_that_goes_away_is_told_and_looked_at_again_when_it_is_back(
    kafka_broker: Callable[[], KafkaBroker], redis_url: str
) -> None:
    broker = kafka_broker()
    await make_topics(broker.bootstrap)
    told: list[str] = []
    settings = Settings.of({"KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap, "REDIS_URL": redis_url, "TSUIDE_PREFIX": "lag-away"})
    looks = follow_on(settings, every_s=0.2, away=told.append)
    assert len(await anext(looks)) == 3 * 4 + 1  # three inputs of four partitions, and one of training
    # when it is killed, it is told
    broker.kill9()
    waiting = asyncio.ensure_future(anext(looks))
    async with asyncio.timeout(SOON_S):
        while not told:
            assert not waiting.done()
            await asyncio.sleep(0.05)
    assert "KAFKA_BOOTSTRAP_SERVERS" in told[0]
    # and when it is back, it is looked at again
    await asyncio.to_thread(broker.start)
    assert len(await asyncio.wait_for(waiting, SOON_S)) == 3 * 4 + 1
    assert len(told) == len(set(told))
    await looks.aclose()
