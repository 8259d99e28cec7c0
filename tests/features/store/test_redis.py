"""What only Redis can do, and refuse."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from features.errors import DamagedValue, StoreAway
from features.profile import EMPTY, Profile
from features.shown import said
from features.store.layout import DAY_MS
from features.store.port import Commit, Fence
from features.store.redis import RedisStore, open_store
from stream.contracts.events import Item, ViewItemList
from tests.features.events import NOON_MS, a_click, a_view, an_event, folded
from tests.support.servers import RedisServer, free_port

ANA, BEN = "k1:" + 64 * "a", "k1:" + 64 * "b"
START, NEXT = Fence(), Fence({"clicks": 8})


@pytest.fixture
def server(redis_server: Callable[[], RedisServer]) -> RedisServer:
    return redis_server()


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.url) as client:
        yield client


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    store = open_store(server.url)
    yield store
    await store.aclose()


def a_commit(
    profile: Profile | None = EMPTY, *, partition: int = 0, before: Fence = START, after: Fence = NEXT, outbox: bytes = b""
) -> Commit:
    return Commit(partition, before, after, {ANA: profile}, outbox)


class TestKeys:
    async def test_all_keys_of_a_partition_bear_its_name_in_braces(self, store: RedisStore, client: Redis):
        await store.commit([a_commit(partition=12, outbox=b"records")])
        await store.count_crash(12, "clicks:7", "boom")
        assert set(await client.keys()) == {
            b"tsuide:{p12}:f",
            b"tsuide:{p12}:o",
            b"tsuide:{p12}:x",
            b"tsuide:{p12}:u:" + ANA.encode(),
        }
        assert await client.hgetall("tsuide:{p12}:f") == {b"clicks": b"8", b"epoch": b"0"}

    async def test_stores_with_different_prefixes_do_not_see_each_other(self, server: RedisServer, store: RedisStore):
        await store.commit([a_commit()])
        other = open_store(server.url, prefix="replay")
        assert (await other.read({0: [ANA]}))[0].profiles == {}
        await other.aclose()


class TestLifetimes:
    async def test_a_profile_lives_ninety_days_give_or_take_nine_and_each_customer_always_as_long(self, store: RedisStore, client: Redis):
        many = {f"k1:{number}": EMPTY for number in range(200)}
        await store.commit([Commit(0, START, NEXT, many, b"")])
        lives_ms = [await client.pttl(f"tsuide:{{p0}}:u:{customer}") for customer in many]
        assert all(81 * DAY_MS - 60_000 < life_ms <= 99 * DAY_MS for life_ms in lives_ms)
        # spread over the 18 days: of 200 customers some in the first and some in the last quarter
        assert min(lives_ms) < 85.5 * DAY_MS
        assert max(lives_ms) > 94.5 * DAY_MS
        await store.commit([Commit(0, NEXT, START, many, b"")])
        again_ms = [await client.pttl(f"tsuide:{{p0}}:u:{customer}") for customer in many]
        assert all(abs(one - other) < 60_000 for one, other in zip(lives_ms, again_ms, strict=True))

    async def test_fence_outbox_and_an_opt_out_never_expire(self, store: RedisStore, client: Redis):
        await store.commit([a_commit(EMPTY)])
        await store.commit([a_commit(Profile(opted_out=True), before=NEXT, after=Fence({"clicks": 9}), outbox=b"records")])
        for key in ("f", "o", f"u:{ANA}"):
            assert await client.pttl(f"tsuide:{{p0}}:{key}") == -1

    async def test_an_opt_in_lets_the_profile_expire_again(self, store: RedisStore, client: Redis):
        await store.commit([a_commit(Profile(opted_out=True))])
        await store.commit([a_commit(EMPTY, before=NEXT, after=Fence({"clicks": 9}))])
        assert await client.pttl(f"tsuide:{{p0}}:u:{ANA}") > 80 * DAY_MS


@pytest.mark.parametrize("session_id", ["3f2b8c1e-9d4a-4f6b-8a3e-5c7d9e1f2a4b", None], ids=["with a session id", "without"])
async def test_a_customer_of_four_clicks_and_two_suggestions_takes_at_most_700_bytes(
    store: RedisStore, client: Redis, session_id: str | None
):
    # given ids and prices of a real shop, and three lists sent twice
    clicks = [
        (a_view if number % 2 else a_click)(
            Item(f"49{number}0123456", price=1_980.0 + number, item_category="Lights"),
            at_ms=NOON_MS + number * 40_000,
            session_id=session_id,
            language="ja",
            currency="JPY",
        )
        for number in range(4)
    ]
    impressions = [an_event(ViewItemList, "x", at_ms=NOON_MS + 200_000 + number, suggestion_id="clicks:3:8") for number in range(2)]
    profile = folded(*clicks, *impressions)
    shown = profile.shown
    for _ in impressions:
        shown = said(shown, ["accessories", "upgrades", "bundle"], session=session_id or f"{ANA}@{NOON_MS}", now_ms=NOON_MS)
    profile = Profile(*[shown if field == "shown" else getattr(profile, field) for field in Profile.__struct_fields__])
    # when it is kept in partition 12
    await store.commit([a_commit(profile, partition=12)])
    # then key, value and expiry take no more than this
    assert await client.memory_usage(f"tsuide:{{p12}}:u:{ANA}", samples=0) <= 700


async def test_scripts_that_the_server_has_forgotten_are_sent_again(store: RedisStore, client: Redis):
    await store.commit([a_commit(partition=number) for number in range(3)])
    await client.script_flush()
    assert await store.commit([a_commit(partition=number, before=NEXT, after=START) for number in range(3)]) == {}
    await client.script_flush()
    assert {number: found.fence for number, found in (await store.read({0: [], 1: [], 2: []})).items()} == {0: START, 1: START, 2: START}


async def test_partitions_are_read_in_one_round_trip(store: RedisStore, client: Redis):
    # given scripts that are known
    await store.read({0: []})
    before = (await client.info("stats"))["total_reads_processed"]
    # when eight partitions are read
    await store.read({number: [ANA, BEN] for number in range(8)})
    after = (await client.info("stats"))["total_reads_processed"]
    # then the server read from its sockets for them once, and once to be asked
    assert after - before == 2


async def test_a_damaged_profile_is_named_by_its_key(store: RedisStore, client: Redis):
    await client.set(f"tsuide:{{p0}}:u:{BEN}", b"written by hand")
    with pytest.raises(DamagedValue, match=rf"tsuide:\{{p0\}}:u:{BEN}: .*delete the key"):
        await store.read({0: [ANA, BEN]})


class TestAway:
    async def test_a_server_that_does_not_run_is_away(self):
        store = open_store(f"redis://127.0.0.1:{free_port()}/0")
        with pytest.raises(StoreAway, match="check that Redis runs") as away:
            await store.read({0: [ANA]})
        assert away.value.retriable
        await store.aclose()

    async def test_a_cluster_that_does_not_run_is_away(self):
        store = open_store(f"redis://127.0.0.1:{free_port()}/?cluster=true")
        with pytest.raises(StoreAway, match="nodes of the cluster"):
            await store.read({0: [ANA]})
        await store.aclose()

    async def test_a_killed_server_is_away_until_it_is_back(self, server: RedisServer, store: RedisStore):
        await store.commit([a_commit(outbox=b"records")])
        await asyncio.to_thread(server.kill9)
        with pytest.raises(StoreAway):
            await store.outbox(0)
        with pytest.raises(StoreAway):
            await store.crashes(0)
        await asyncio.to_thread(server.start)
        assert (await store.read({0: []})).keys() == {0}

    async def test_a_replica_is_read_and_refuses_to_be_written(self, store: RedisStore, client: Redis):
        await store.commit([a_commit()])
        await client.replicaof("127.0.0.1", str(free_port()))
        with pytest.raises(StoreAway, match="wait for the failover"):
            await store.commit([a_commit(None, before=NEXT, after=START)])
        assert (await store.read({0: [ANA]}))[0].profiles == {ANA: EMPTY}

    async def test_a_full_server_refuses_the_whole_commit(self, store: RedisStore, client: Redis):
        await store.commit([a_commit()])
        # given no room left, and a commit that would also free some
        await client.config_set("maxmemory", "1")
        with pytest.raises(StoreAway, match="give it more memory"):
            await store.commit([a_commit(None, before=NEXT, after=START, outbox=b"records")])
        # then neither part of it was done
        found = (await store.read({0: [ANA]}))[0]
        assert (found.fence, found.profiles) == (NEXT, {ANA: EMPTY})
        assert await store.outbox(0) == (NEXT, b"")

    async def test_a_wrong_password_is_named(self, server: RedisServer, client: Redis):
        await client.config_set("requirepass", "right")
        for url in (server.url, server.url.replace("//", "//:wrong@")):
            store = open_store(url)
            with pytest.raises(StoreAway, match="check user and password"):
                await store.read({0: []})
            await store.aclose()

    async def test_a_commit_whose_answer_is_lost_is_not_sent_a_second_time(self, server: RedisServer, client: Redis):
        # given a server that hangs for longer than the client waits
        store = open_store(server.url + "?socket_timeout=0.2")
        await store.read({0: []})
        await store.clear_outbox({0: START})
        await store.commit([a_commit()])
        await client.config_resetstat()
        server.pause()
        with pytest.raises(StoreAway):
            await store.commit([a_commit(None, before=NEXT, after=Fence({"clicks": 9}))])
        # when it goes on
        server.resume()
        # then the commit has landed, once, and the fence says so
        assert await store.outbox(0) == (Fence({"clicks": 9}), b"")
        assert (await client.info("commandstats"))["cmdstat_evalsha"]["calls"] == 1 + 1
        # and nobody else came: a client that tries again by itself would have knocked at every attempt
        assert (await client.info("stats"))["total_connections_received"] == 1
        await store.aclose()

    async def test_a_mistake_of_ours_is_not_waited_for(self, store: RedisStore, client: Redis):
        await client.set("tsuide:{p0}:f", "not a hash")
        with pytest.raises(ResponseError, match="WRONGTYPE"):
            await store.read({0: []})


class TestUrls:
    async def test_a_unix_socket_serves(self, server: RedisServer, client: Redis, tmp_path):
        # given the same server behind a socket file; it listens there only from its start
        with (server.folder / "redis.conf").open("a") as settings:
            settings.write(f'unixsocket "{tmp_path}/redis.sock"\n')
        await asyncio.to_thread(server.restart)
        store = open_store(f"unix://{tmp_path}/redis.sock?db=0")
        assert await store.commit([a_commit()]) == {}
        await store.aclose()

    def test_any_other_url_is_refused(self):
        with pytest.raises(ValueError, match="redis://"):
            open_store("http://localhost")
