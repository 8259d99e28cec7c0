import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from features.profile import EMPTY, Profile
from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, INPUTS
from stream.exits import AWAY, FAILED, OK, USAGE
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import free_port, make_topics

HOUR_MS = 3_600_000
PARTITIONS = 2
T_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
OF_EACH = 10  # records, an hour apart, in partition 1 of every input topic
HANDLED = 8


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "say one of --to-datetime"),
        (("--to-earliest", "--to-latest"), "say one of --to-datetime"),
        (("--to-datetime", "yesterday"), "is no date and time"),
        (("--by-duration", "6h"), "is no duration"),
        (("--to-offset", "-1"), "--to-offset"),
        (("--to-latest", "--topic", "clicks"), "is no input of the workers"),
    ],
)
def test_wrong_use_is_told_before_anybody_is_asked(tsuide: Tsuide, arguments: Sequence[str], says: str) -> None:
    ended = tsuide("offsets", "reset", *arguments)
    assert (ended.code, says in ended.err) == (USAGE, True), ended.err


def test_a_moment_without_a_zone_is_taken_for_utc_aloud_and_who_is_away_is_told(tsuide: Tsuide) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    ended = tsuide("offsets", "reset", "--to-datetime", "2026-01-01T09:00", KAFKA_BOOTSTRAP_SERVERS=nobody)
    assert ended.code == AWAY
    assert "2026-01-01T09:00 names no zone: UTC is assumed" in ended.err
    zoned = tsuide("offsets", "reset", "--to-datetime", "2026-01-01T09:00Z", KAFKA_BOOTSTRAP_SERVERS=nobody)
    assert "UTC" not in zoned.err


def test_a_list_that_cannot_be_read_is_told_by_its_line(tsuide: Tsuide, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("shop.cart.v1,0\n")
    ended = tsuide("offsets", "reset", "--from-file", str(tmp_path / "list.csv"))
    assert (ended.code, "list.csv:1: is not topic,partition,offset" in ended.err) == (FAILED, True)


@pytest.fixture
def handled(kafka: str, redis_url: str) -> dict[str, str]:
    """The settings of a shop in whose partition 1 eight of ten records of every input topic are handled."""
    prefix = f"reset-{time.monotonic_ns()}"

    async def prepare() -> None:
        await make_topics(kafka, partitions=PARTITIONS)
        async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
            for number in range(OF_EACH):
                for topic in INPUTS:
                    await producer.send_and_wait(topic, b"{}", partition=1, timestamp_ms=T_MS + number * HOUR_MS)
        store = open_store(redis_url, prefix=prefix)
        await store.commit([Commit(1, Fence(), Fence(dict.fromkeys(INPUTS, HANDLED)), {"k1:ana": EMPTY}, b"")])
        await store.aclose()

    asyncio.run(prepare())
    return {"KAFKA_BOOTSTRAP_SERVERS": kafka, "REDIS_URL": redis_url, "TSUIDE_PREFIX": prefix, "TSUIDE_GROUP": prefix}


def standing(settings: dict[str, str]) -> tuple[Fence, bytes, dict[str, Profile]]:
    """Return what Redis holds of partition 1."""

    async def read() -> tuple[Fence, bytes, dict[str, Profile]]:
        store = open_store(settings["REDIS_URL"], prefix=settings["TSUIDE_PREFIX"])
        try:
            return *(await store.outbox(1)), (await store.read({1: ["k1:ana"]}))[1].profiles
        finally:
            await store.aclose()

    return asyncio.run(read())


def to(ended_json: dict[str, list[dict[str, int]]]) -> dict[tuple[object, int], tuple[int, int]]:
    """Return target and difference of each partition that is not empty."""
    return {(one["topic"], one["partition"]): (one["target"], one["records"]) for one in ended_json["partitions"] if one["end"]}


def test_a_moment_is_found_in_every_log_and_the_plan_writes_nothing(tsuide: Tsuide, handled: dict[str, str]) -> None:
    before = standing(handled)
    # given a moment between the fourth record (03:00) and the fifth (04:00), by the clock of Tokyo
    plan = tsuide("offsets", "reset", "--to-datetime", "2026-01-01T12:30:00+09:00", "--fresh", "--json", **handled)
    assert (plan.code, plan.json["executed"], plan.json["obstacles"]) == (OK, False, [])
    assert to(plan.json) == {(topic, 1): (4, 4 - HANDLED) for topic in INPUTS}
    # and a person is shown the same
    shown = tsuide("offsets", "reset", "--to-datetime", "2026-01-01T12:30:00+09:00", "--fresh", **handled)
    assert "4 counted anew" in shown.out
    assert "12 worked again" in shown.out
    assert "\x1b" not in shown.out
    assert standing(handled) == before


def test_what_is_exported_is_what_a_list_moves_to_and_it_can_be_run_twice(tsuide: Tsuide, handled: dict[str, str], tmp_path: Path) -> None:
    file = str(tmp_path / "plan.csv")
    assert tsuide("offsets", "reset", "--to-offset", "9", "--topic", f"{CART}:1", "--export", file, **handled).code == OK
    assert Path(file).read_text() == "shop.cart.v1,1,9\n"
    for again in (False, True):
        done = tsuide("offsets", "reset", "--from-file", file, "--execute", "--json", **handled)
        assert (done.code, done.json["executed"]) == (OK, True), done.err
        assert to(done.json) == {(CART, 1): (9, 0 if again else 1)}
        assert done.json["partitions"][0]["committed"] == (9 if again else None)
        assert standing(handled)[0] == Fence({CLICKSTREAM: HANDLED, CART: 9, CONSENT: HANDLED}, epoch=1)
    # and a list that names a partition that is not there is refused
    Path(file).write_text("shop.cart.v1,7,9\n")
    assert tsuide("offsets", "reset", "--from-file", file, **handled).code == USAGE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to-earliest",), "would be counted twice"),
        (("--to-earliest", "--fresh", "--topic", CLICKSTREAM), "Move all input topics of a number together"),
        (("--to-latest",), "2 wishes of customers"),
    ],
)
def test_what_would_count_twice_or_leave_something_out_is_refused_and_writes_nothing(
    tsuide: Tsuide, handled: dict[str, str], arguments: Sequence[str], says: str
) -> None:
    before = standing(handled)
    for execute in ((), ("--execute",)):
        refused = tsuide("offsets", "reset", *arguments, *execute, "--json", **handled)
        assert (refused.code, refused.json["executed"], says in refused.err) == (FAILED, False, True), refused.err
    assert standing(handled) == before


def test_wishes_that_lie_between_are_not_lost_by_a_list(tsuide: Tsuide, handled: dict[str, str], tmp_path: Path) -> None:
    # given a list by which events of 02:00 are counted again, and wishes heard from 05:00 on only
    file = tmp_path / "plan.csv"
    rows = [
        f"{topic},{number},{0 if number == 0 else offset}\n" for topic, offset in zip(INPUTS, (2, 3, 5), strict=True) for number in (0, 1)
    ]
    file.write_text("".join(rows))
    refused = tsuide("offsets", "reset", "--from-file", str(file), "--fresh", "--execute", **handled)
    assert refused.code == FAILED
    assert "Let shop.consent.v1 begin there at 2 or before" in refused.err
    # when they are heard from 02:00 on, then it is done: state begins anew
    file.write_text("".join(rows).replace(f"{CONSENT},1,5", f"{CONSENT},1,2"))
    assert tsuide("offsets", "reset", "--from-file", str(file), "--fresh", "--execute", **handled).code == OK
    assert standing(handled) == (Fence({CLICKSTREAM: 2, CART: 3, CONSENT: 2}, epoch=2), b"", {})


def test_an_outbox_that_stands_is_not_passed_over(tsuide: Tsuide, handled: dict[str, str]) -> None:
    async def leave_one() -> None:
        store = open_store(handled["REDIS_URL"], prefix=handled["TSUIDE_PREFIX"])
        fence = (await store.outbox(1))[0]
        await store.commit([Commit(1, fence, fence, {}, b"records")])
        await store.aclose()

    asyncio.run(leave_one())
    before = standing(handled)
    refused = tsuide("offsets", "reset", "--to-offset", "9", "--topic", CART, "--execute", **handled)
    assert (refused.code, "of partition 1 an outbox stands" in refused.err) == (FAILED, True)
    assert standing(handled) == before


def test_a_prefix_that_was_never_used_begins_wherever_it_is_told(tsuide: Tsuide, handled: dict[str, str]) -> None:
    anew = handled | {"TSUIDE_PREFIX": handled["TSUIDE_PREFIX"] + "-anew"}
    events = ("--topic", CLICKSTREAM, "--topic", CART)
    done = tsuide("offsets", "reset", "--to-datetime", "2026-01-01T03:00Z", *events, "--execute", **anew)
    assert done.code == OK, done.err
    assert standing(anew)[0].watermarks == {CLICKSTREAM: 3, CART: 3}
    # and the former state is as it was
    assert standing(handled)[0] == Fence(dict.fromkeys(INPUTS, HANDLED))
