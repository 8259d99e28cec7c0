"""Every part of tsuide works with the rights that are written down for it in deploy/, over TLS, and with no others."""

import asyncio
import itertools
import json
import re
import sys
from pathlib import Path

import aiohttp
import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError
from redis import Redis

from features.errors import StoreAway
from features.profile import EMPTY
from features.store.port import Commit, Crash, Fence
from features.store.redis import open_store
from stream.connection.kafka import arguments
from stream.contracts.events import AddToCart, Item, ViewItem
from stream.contracts.ids import Customer
from stream.contracts.topics import CATALOG, CLICKSTREAM, MODELS, SUGGESTIONS, TOPICS
from stream.engine.decode import dead_letter, set_aside
from stream.engine.record import Record
from stream.exits import FAILED, OK, PARTLY
from stream.settings import Settings
from stream.transport.newest import newest_model
from stream.transport.producer import SETTINGS, send_all
from tests.support.gateway import SHOP_KEY, GatewayProcess, customer, page
from tests.support.operations import SETTING, Operations
from tests.support.page import PAGE
from tests.support.redis_cluster import RedisCluster
from tests.support.secure_kafka import PASSWORD, SecureKafka
from tests.support.secure_redis import PASSWORD as REDIS_PASSWORD
from tests.support.secure_redis import SecureRedis
from tests.support.server import free_port
from tests.support.shop import now_ms
from tests.support.topics import PARTITIONS
from tests.support.workers import SECRET, Crew

USERS = Path("deploy/redis/users.acl").read_text()
NAME = "tsuide"  # the group and the prefix that the rights are written for
ITEMS = [f"item-{number}" for number in range(4)]
LEARNT_S = 60
EVERY_S = 0.1  # between two visits


class House:
    """The two servers, and commands that sign in as one of the parts."""

    def __init__(self, folder: Path, kafka: SecureKafka, redis: SecureRedis) -> None:
        self.folder, self.kafka, self.redis = folder, kafka, redis

    def variables(self, part: str) -> dict[str, str]:
        """Return the environment of one part."""
        both = self.kafka.settings(f"tsuide-{part}") | self.redis.settings()
        return both | {"TSUIDE_PARTITIONS": str(PARTITIONS), "TSUIDE_PSEUDONYM_SECRET": SECRET}

    def settings(self, part: str) -> Settings:
        return Settings.of(self.variables(part))

    async def tsuide(self, part: str, *command: str) -> tuple[int, str]:
        """Run a command as one part, and return its exit code and all that it said."""
        program = [sys.executable, "-m", "stream.cli", *command]
        pipe = asyncio.subprocess.PIPE
        environ = self.variables(part) | {"PATH": "/usr/bin"}
        running = await asyncio.create_subprocess_exec(*program, env=environ, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
        said, _ = await running.communicate()
        return running.returncode or 0, said.decode()


@pytest.fixture
async def house(tmp_path: Path, secure_kafka: SecureKafka, secure_redis: SecureRedis) -> House:
    """The topics are there, made by the part that may make them."""
    here = House(tmp_path, secure_kafka, secure_redis)
    code, said = await here.tsuide("topics", "topics", "create", "--replicas", "1")
    assert code == OK, said
    return here


def a_visit(number: int) -> list[bytes]:
    """Return the events of one of eight customers, who looks at all items and takes the last."""
    who, at_ms = customer(f"customer {number % 8}"), now_ms()
    common = {"customer": who, "session_id": f"s-{number}", "event_time_ms": at_ms}
    looks = [ViewItem(event_id=f"{number}-{item}", items=(Item(item, price=2.5),), **common) for item in ITEMS]
    return [
        msgspec.json.encode(one) for one in [*looks, AddToCart(event_id=f"{number}-cart", items=(Item(ITEMS[-1], price=2.5),), **common)]
    ]


async def keep_visiting(shop: aiohttp.ClientSession, url: str) -> None:
    """Send visit after visit: what goes together is learnt from the first of them, and told to the later ones."""
    for number in itertools.count():
        body = b"[" + b",".join(a_visit(number)) + b"]"
        async with shop.post(f"{url}/v1/events", data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.ok, await answer.text()
        await asyncio.sleep(EVERY_S)


async def test_topics_catalogue_worker_trainer_gateway_lag_and_doctor_work_with_their_own_users_alone(house: House) -> None:
    # given the topics as planned and a catalogue, each by its own user
    assert (await house.tsuide("topics", "topics", "check"))[0] == OK
    catalog = house.folder / "catalog.jsonl"
    catalog.write_text("".join(json.dumps({"item_id": item, "item_name": item, "price": 2.5}) + "\n" for item in ITEMS))
    code, said = await house.tsuide("catalog", "catalog", "import", str(catalog))
    assert code == OK, said
    # and a worker, a trainer and a gateway
    crew = Crew(house.folder / "crew", house.kafka.address, "", name=NAME, partitions=PARTITIONS)
    worker, trainer = crew.worker(**house.variables("worker"), **SETTING), crew.trainer(**house.variables("trainer"), **SETTING)
    gateway = GatewayProcess(house.folder / "gateway", "", "", free_port(), **house.variables("gateway"))
    try:
        await asyncio.to_thread(trainer.launch)
        await asyncio.gather(asyncio.to_thread(worker.start), asyncio.to_thread(gateway.start))
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {SHOP_KEY}"}) as shop:
            # when a page listens, and visits arrive over the gateway
            async with shop.post(f"{gateway.url}/v1/token", json={"user_id": "customer 7"}) as answer:
                token = (await answer.json())["token"]
            async with page(shop, gateway.url, token) as browser:
                visiting = asyncio.create_task(keep_visiting(shop, gateway.url))
                # then it is shown something
                said_first = await browser.next()
                while said_first is not None and said_first.event != "suggestion":
                    said_first = await browser.next()
                assert said_first is not None
                assert said_first.data["lists"]
                visiting.cancel()
        # and the trainer has published what it learnt
        async with asyncio.timeout(LEARNT_S):
            while (await newest_model(house.settings("worker").kafka)) is None:  # noqa: ASYNC110 another process's doing
                await asyncio.sleep(0.2)
        # and all say that they are ready
        for process in (worker, trainer):
            assert (await (await Operations.of(process)).ready())[0] == 200
        # and whoever watches sees both groups, and which security is in use, and no secret
        for command in (("lag", "--json"), ("doctor", "--json")):
            code, said = await house.tsuide("operations", *command)
            assert code == OK, said
            assert PASSWORD not in said
            assert REDIS_PASSWORD not in said
        # and whoever audits reads all that it takes, and may ask why
        code, said_audit = await house.tsuide("audit", "audit", "--json")
        assert (code, json.loads(said_audit)["found"]) == (OK, 0), said_audit
        code, said_why = await house.tsuide("audit", "why", said_first.data["suggestion_id"], "--policy", crew.environ["TSUIDE_POLICY"])
        assert code in (OK, PARTLY), said_why  # workers and this command read partitions in their own orders
        assert "The customer's events, " in said_why
        assert f"SASL_SSL, user tsuide-operations by SCRAM-SHA-512, trusts {house.kafka.authority.certificate}" in said
        assert f"TLS, user tsuide, trusts {house.redis.authority.certificate}" in said
    finally:
        crew.end()
        gateway.kill9()
    said = worker.said + trainer.log.read_text() + gateway.log.read_text()
    assert "uthorizationFailed" not in said
    assert PASSWORD not in said
    assert REDIS_PASSWORD not in said


async def test_offsets_are_moved_and_profiles_forgotten_with_the_rights_for_it(house: House, secure_redis: SecureRedis) -> None:
    # given a profile, and nobody in the group
    secure_redis.ask("FLUSHDB")
    store = open_store(house.settings("worker").redis, NAME)
    await store.commit([Commit(0, Fence(), Fence({CLICKSTREAM: 0}), {"k1:ana": EMPTY}, b"")])
    async with asyncio.timeout(LEARNT_S):
        while "(members: " in (ended := await house.tsuide("offsets", "offsets", "reset", "--to-earliest", "--fresh", "--execute"))[1]:
            pass
    # then it is done
    assert ended[0] == OK, ended[1]
    assert (await store.read({0: ["k1:ana"]}))[0].profiles == {}
    await store.aclose()


async def test_a_dead_letter_is_sent_back_with_the_rights_for_it(house: House) -> None:
    failed = Record(CLICKSTREAM, 0, 0, now_ms(), customer("customer 1").encode(), b"{}")
    async with AIOKafkaProducer(**arguments(house.settings("worker").kafka), **SETTINGS) as producer:
        await send_all(producer, [dead_letter(set_aside(failed, Crash(3, "boom")), Customer)])
    code, said = await house.tsuide("redrive", "redrive", "--json")
    assert code == OK, said
    code, said = await house.tsuide("redrive", "redrive", "--execute", "--json")
    assert (code, json.loads(said)["sent"]) == (OK, 1), said


async def test_a_replay_is_fed_worked_and_removed_with_the_rights_for_it_and_a_backfill_goes_among_the_live_topics(house: House) -> None:
    log = house.folder / "log.jsonl"
    log.write_bytes(b"".join(line + b"\n" for number in range(4) for line in a_visit(number)))
    code, said = await house.tsuide("replay", "replay", str(log), "--into", "kafka", "--id", "mine", "--json")
    assert code == OK, said
    assert '"tsuide.memory.v1":20' in said
    code, said = await house.tsuide("replay", "replays", "list", "--json")
    assert (code, "mine" in json.loads(said)) == (OK, True), said
    code, said = await house.tsuide("replay", "replays", "remove", "mine", "--json")
    assert (code, json.loads(said)["topics"]) == (OK, len(TOPICS)), said
    everything = ("--to", "2100-01-01T00:00Z")  # not only what came before the other tests' events
    for more in ("--id", "--resume"):
        code, said = await house.tsuide(
            "backfill",
            "replay",
            str(log),
            "--into",
            "kafka",
            "--live",
            "--yes",
            "--learn-only",
            "--no-wait",
            *everything,
            more,
            "warm",
            "--json",
        )
        assert code == OK, said
    assert json.loads(said.splitlines()[-1])["report"]["fed"]["there"] == 20


@pytest.mark.parametrize(
    ("part", "topic"),
    [
        ("worker", CATALOG),
        ("worker", MODELS),
        ("trainer", SUGGESTIONS),
        ("gateway", SUGGESTIONS),
        ("catalog", CLICKSTREAM),
        ("operations", CLICKSTREAM),
        ("audit", SUGGESTIONS),
        ("offsets", CLICKSTREAM),
        ("redrive", SUGGESTIONS),
        ("replay", CLICKSTREAM),
        ("backfill", SUGGESTIONS),
    ],
)
async def test_no_part_writes_where_it_has_no_business(house: House, part: str, topic: str) -> None:
    async with AIOKafkaProducer(**arguments(house.settings(part).kafka)) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(topic, b"{}", partition=0)


async def test_topics_are_made_by_no_other_user(house: House) -> None:
    code, said = await house.tsuide("gateway", "topics", "create")
    assert (code, "deploy/kafka/acls.sh" in said) == (FAILED, True)


@pytest.mark.parametrize(
    "command", [("GET", "other:{p0}:f"), ("FLUSHALL",), ("KEYS", "*"), ("CONFIG", "GET", "dir"), ("SAVE",), ("SCRIPT", "FLUSH")]
)
async def test_the_user_of_redis_may_do_nothing_else_and_touch_no_other_key(secure_redis: SecureRedis, command: tuple[str, ...]) -> None:
    said = secure_redis.ask("ACL", "DRYRUN", "tsuide", *command)
    assert "no permissions" in said, said


async def test_another_prefix_is_refused_and_the_right_one_is_served(secure_redis: SecureRedis) -> None:
    refused, served = (open_store(Settings.of(secure_redis.settings(TSUIDE_PREFIX=prefix)).redis, prefix) for prefix in ("else", NAME))
    with pytest.raises(StoreAway, match=r"the keys that deploy/redis/users.acl lists"):
        await refused.read({0: []})
    assert list(await served.read({0: []})) == [0]
    await refused.aclose()
    await served.aclose()


def test_the_rights_name_every_topic_of_the_table(secure_kafka: SecureKafka) -> None:
    written = Path("deploy/kafka/acls.sh").read_text()
    assert [topic.name for topic in TOPICS if f"--topic {topic.name}" not in written] == []


async def test_in_a_cluster_the_user_needs_only_what_the_page_adds(tmp_path: Path) -> None:
    # given a cluster whose nodes know the user of the file, with the commands that the page adds
    [rules] = re.findall(r"^user tsuide (.*)$", USERS, re.MULTILINE)
    [added] = re.findall(r"Redis Cluster wants `([^`]+)` as well", PAGE.read_text())
    with RedisCluster(tmp_path / "cluster") as cluster:
        for node in cluster.nodes:
            with Redis(port=node.port) as client:
                client.execute_command("ACL", "SETUSER", "tsuide", f">{REDIS_PASSWORD}", *rules.split(), *added.split())
        signed_in = {"REDIS_URL": cluster.url, "REDIS_USERNAME": "tsuide", "REDIS_PASSWORD": REDIS_PASSWORD}
        store = open_store(Settings.of(signed_in).redis, NAME)
        # then partitions of all nodes are read
        assert sorted(await store.read({number: ["anybody"] for number in range(12)})) == list(range(12))
        await store.aclose()
