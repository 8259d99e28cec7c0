"""What a reset would do, and what stands in its way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.profile import EMPTY, Profile
from features.store.memory import MemoryStore
from features.store.port import Commit, Fence, Partition
from stream.contracts.topics import CART, CLICKSTREAM, CONSENT, INPUTS
from stream.engine.record import TopicPartition
from stream.offsets.errors import WrittenMeanwhile
from stream.offsets.execute import write_store
from stream.offsets.plan import Number, Plan, Stand, moved, plan

CLICKS, CARTS, WISHES = (TopicPartition(topic, 0) for topic in (CLICKSTREAM, CART, CONSENT))


def a_stand(topic: str = CLICKSTREAM, *, watermark: int | None = 50, log_start: int = 10, end: int = 100, partition: int = 0) -> Stand:
    return Stand(topic, partition, watermark, watermark, log_start, end)


def stands(*, watermark: int | None = 50, end: int = 100) -> list[Stand]:
    return [a_stand(topic, watermark=watermark, end=end) for topic in INPUTS]


def planned(wanted: dict[TopicPartition, int], some: list[Stand] | None = None, *, outbox_bytes: int = 0, **how: bool) -> Plan:
    found = stands() if some is None else some
    fence = Fence({one.topic: one.watermark for one in found if one.watermark is not None}, epoch=3)
    return plan("tsuide", found, wanted, {0: Number(fence, outbox_bytes)}, **how)


def test_forward_skips_what_lies_between_and_nothing_stands_in_the_way() -> None:
    made = planned({CLICKS: 70})
    [step] = made.steps
    assert (step.target, step.records, made.obstacles, made.notes) == (70, 70 - 50, (), ())
    # and the fence keeps the other topics and shuts out whoever held it
    assert moved(made.numbers[0].fence, made.steps) == Fence({CLICKSTREAM: 70, CART: 50, CONSENT: 50}, epoch=4)


def test_back_is_refused_with_the_choice_between_two_ways() -> None:
    made = planned({CLICKS: 20, CARTS: 60})
    [obstacle] = made.obstacles
    assert obstacle.startswith("30 records in 1 partitions are counted in the profiles that stand, and would be counted twice.")
    assert "--fresh" in obstacle
    assert "TSUIDE_PREFIX" in obstacle


def test_back_into_fresh_state_goes_with_all_topics_of_a_number_and_with_no_fewer() -> None:
    assert planned({CLICKS: 20, CARTS: 20, WISHES: 20}, fresh=True).obstacles == ()
    [obstacle] = planned({CLICKS: 20, CARTS: 20}, fresh=True).obstacles
    assert "forgets what was counted of shop.consent.v1 in partition 0" in obstacle


def test_where_nothing_was_handled_any_offset_is_a_beginning() -> None:
    # given a prefix that was never used: the log begins at 10, so 80 skips 70 records
    made = planned({CLICKS: 80}, stands(watermark=None))
    assert (made.steps[0].records, made.obstacles) == (70, ())


def test_an_offset_outside_the_log_is_the_nearest_one_and_it_is_said() -> None:
    made = planned({CLICKS: 7_000, CARTS: 3}, fresh=True)
    assert [step.target for step in made.steps] == [100, 10]
    assert made.notes == (
        "shop.clickstream.v1 0: 7000 is outside its log 10..100, so it is 100",
        "shop.cart.v1 0: 3 is outside its log 10..100, so it is 10",
    )


def test_what_retention_has_deleted_is_not_counted_a_second_time() -> None:
    # given a worker that stood at 5 when the log began to begin at 10
    made = planned({CLICKS: 10}, [a_stand(watermark=5)])
    assert (made.steps[0].records, made.obstacles) == (0, ())


def test_an_outbox_that_stands_is_to_be_sent_first() -> None:
    [obstacle] = planned({CLICKS: 70}, outbox_bytes=1).obstacles
    assert "of partition 0 an outbox stands" in obstacle
    assert "start a worker once" in obstacle


def test_a_topic_that_was_made_anew_is_no_matter_of_offsets() -> None:
    [obstacle] = planned({CLICKS: 30}, stands(end=30)[:1], fresh=False, skip_wishes=True).obstacles[:1]
    assert "ends at 30, and another log of its name was handled up to 50" in obstacle


def test_wishes_are_skipped_only_by_name() -> None:
    wanted = {CLICKS: 100, CARTS: 100, WISHES: 100}
    [obstacle] = planned(wanted).obstacles
    assert obstacle.startswith("50 wishes of customers (opt_out, forget) wait in shop.consent.v1 and would never be heard")
    assert planned(wanted, skip_wishes=True).obstacles == ()
    # and a prefix that was never used has heard none of those that lie before
    assert len(planned({WISHES: 40}, stands(watermark=None)).obstacles) == 1


def test_events_older_than_a_wish_are_counted_again_only_together_with_the_wish() -> None:
    def with_wishes_at(offset: int) -> tuple[str, ...]:
        numbers = {0: Number(Fence(dict.fromkeys(INPUTS, 50)))}
        return plan("g", stands(), {CLICKS: 20, CARTS: 20, WISHES: offset}, numbers, fresh=True, wishes_from={0: 40}).obstacles

    assert with_wishes_at(40) == with_wishes_at(39) == ()
    [obstacle] = with_wishes_at(41)
    assert "Let shop.consent.v1 begin there at 40 or before" in obstacle


offsets = st.integers(0, 120)


@given(
    logs=st.lists(st.tuples(offsets, offsets, st.none() | offsets), min_size=3, max_size=3),
    wanted=st.lists(st.none() | offsets, min_size=3, max_size=3),
    fresh=st.booleans(),
    skip_wishes=st.booleans(),
)
def test_whatever_is_asked_a_plan_without_obstacles_counts_nothing_twice(
    logs: list[tuple[int, int, int | None]], wanted: list[int | None], fresh: bool, skip_wishes: bool
) -> None:
    found = [
        a_stand(topic, watermark=watermark, log_start=min(one, other), end=max(one, other))
        for topic, (one, other, watermark) in zip(INPUTS, logs, strict=True)
    ]
    asked = {one.at: offset for one, offset in zip(found, wanted, strict=True) if offset is not None}
    made = planned(asked, found, fresh=fresh, skip_wishes=skip_wishes)
    for step in made.steps:
        assert step.log_start <= step.target <= step.end
        assert step.target == step.position + step.records
    if not made.obstacles:
        after = moved(Fence(), made.steps).watermarks
        assert fresh or all(after[one.topic] >= one.position for one in found if one.topic in after)
        assert not fresh or not after or set(after) == set(INPUTS)


async def test_a_skip_forgets_the_deaths_at_what_it_skips_and_no_others() -> None:
    store = MemoryStore()
    fence = Fence({CLICKSTREAM: 50, CART: 50, CONSENT: 50}, epoch=3)
    await store.commit([Commit(0, Fence(), fence, {}, b"")])
    for address in (f"{CLICKSTREAM}:69", f"{CLICKSTREAM}:70", f"{CART}:50"):
        await store.count_crash(0, address, "boom")
    await write_store(planned({CLICKS: 70}), store)
    assert (await store.crashes(0)).keys() == {f"{CLICKSTREAM}:70", f"{CART}:50"}
    # and where nothing moves, nothing is written: the epoch stays
    before = await store.outbox(0)
    again = plan("tsuide", [a_stand(watermark=70)], {CLICKS: 70}, {0: Number(before[0])})
    await write_store(again, store)
    assert await store.outbox(0) == before


async def test_a_worker_that_slept_through_a_reset_to_where_it_stood_is_refused_all_the_same() -> None:
    # given a worker that holds a fence and has folded a chunk
    store, held = MemoryStore(), Fence(dict.fromkeys(INPUTS, 50))
    await store.commit([Commit(0, Fence(), held, {"k1:ana": EMPTY, "k1:ben": Profile(opted_out=True)}, b"")])
    # when its state begins anew at the very offsets
    anew = plan("tsuide", stands(), dict.fromkeys((CLICKS, CARTS, WISHES), 50), {0: Number(held)}, fresh=True)
    await write_store(anew, store)
    # then what it folded into the former profiles is not taken, and only the opt-out is known
    standing = Fence(held.watermarks, epoch=2)
    late = Commit(0, held, Fence(held.watermarks | {CART: 51}), {"k1:ana": EMPTY}, b"late")
    assert await store.commit([late]) == {0: standing}
    assert await store.read({0: ["k1:ana", "k1:ben"]}) == {0: Partition(standing, {"k1:ben": Profile(opted_out=True)})}


async def test_a_worker_that_writes_meanwhile_stops_the_reset_and_keeps_what_it_wrote() -> None:
    store, seen = MemoryStore(), Fence(dict.fromkeys(INPUTS, 50))
    await store.commit([Commit(0, Fence(), seen, {"k1:ana": EMPTY}, b"")])
    written = Fence(seen.watermarks | {CART: 51})
    await store.commit([Commit(0, seen, written, {"k1:ben": EMPTY}, b"")])
    for fresh, wanted in ((False, {CLICKS: 70}), (True, dict.fromkeys((CLICKS, CARTS, WISHES), 10))):
        with pytest.raises(WrittenMeanwhile, match="partition 0 meanwhile: end every worker"):
            await write_store(plan("tsuide", stands(), wanted, {0: Number(seen)}, fresh=fresh), store)
    assert await store.read({0: ["k1:ana", "k1:ben"]}) == {0: Partition(written, {"k1:ana": EMPTY, "k1:ben": EMPTY})}
