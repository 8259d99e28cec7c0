"""What every keeper of profiles must do."""

from collections.abc import Mapping

import pytest

from features.profile import EMPTY, Profile, Touch
from features.store.layout import DAY_MS, life_ms
from features.store.port import Commit, Crash, Fence, Partition, Store
from tests.support.keepers import MemoryKeeper, RedisKeeper

ANA, BEN = "k1:" + 64 * "a", "k1:" + 64 * "b"
TEA = Profile(history=(Touch("tea", 1_763_780_000_000, views=1),), event_ids=b"12345678", language="日本語")
RICE = Profile(history=(Touch("rice", 1_763_780_001_000, views=2),))
START = Fence()
AT_SEVEN = Fence({"clicks": 8, "carts": 3}, epoch=0)


def a_commit(
    *,
    partition: int = 0,
    before: Fence = START,
    after: Fence = AT_SEVEN,
    profiles: Mapping[str, Profile | None] | None = None,
    outbox: bytes = b"",
) -> Commit:
    return Commit(partition, before, after, {} if profiles is None else profiles, outbox)


async def test_a_partition_never_written_has_an_empty_fence_and_no_profiles(store: Store):
    assert await store.read({3: [ANA]}) == {3: Partition(START, profiles={})}


async def test_asking_for_nothing_answers_nothing(store: Store):
    assert await store.read({}) == {}
    assert await store.commit([]) == {}
    await store.clear_outbox({})


async def test_what_was_committed_is_read_back_whole(store: Store):
    # given two profiles and an outbox committed together
    refused = await store.commit([a_commit(profiles={ANA: TEA, BEN: RICE}, outbox=b"\x00\xffrecords")])
    # when both and a stranger are asked for
    found = await store.read({0: [BEN, "k1:stranger", ANA]})
    # then all of it stands, and the stranger is absent
    assert refused == {}
    assert found == {0: Partition(AT_SEVEN, profiles={ANA: TEA, BEN: RICE})}


async def test_a_commit_from_an_old_fence_changes_nothing_and_learns_the_standing_one(store: Store):
    # given a partition that was moved on since
    await store.commit([a_commit(profiles={ANA: TEA})])
    # when a worker that slept commits from the start
    refused = await store.commit([a_commit(after=Fence({"clicks": 2}), profiles={ANA: None, BEN: RICE}, outbox=b"late")])
    # then nothing of it lands
    assert refused == {0: AT_SEVEN}
    assert await store.read({0: [ANA, BEN]}) == {0: Partition(AT_SEVEN, profiles={ANA: TEA})}


@pytest.mark.parametrize(
    "believed",
    [
        pytest.param(Fence({"clicks": 8, "carts": 3}, epoch=1), id="another epoch"),
        pytest.param(Fence({"clicks": 8, "carts": 4}), id="another offset"),
        pytest.param(Fence({"clicks": 8}), id="a topic that it does not know of"),
        pytest.param(Fence({"clicks": 8, "carts": 3, "consent": 0}), id="a topic that does not stand there"),
        pytest.param(Fence({"clicks": 8, "consent": 3}), id="another topic"),
        pytest.param(Fence(), id="nothing written yet"),
    ],
)
async def test_a_commit_is_refused_when_any_part_of_the_fence_differs(store: Store, believed: Fence):
    await store.commit([a_commit()])
    assert await store.commit([a_commit(before=believed, profiles={ANA: TEA})]) == {0: AT_SEVEN}
    assert (await store.read({0: [ANA]}))[0].profiles == {}


async def test_the_same_commit_sent_twice_lands_once(store: Store):
    commit = a_commit(profiles={ANA: TEA})
    assert await store.commit([commit]) == {}
    assert await store.commit([commit]) == {0: AT_SEVEN}


@pytest.mark.parametrize("second", [b"second", b""])
async def test_an_outbox_that_stands_is_replaced_by_who_holds_the_fence_and_by_nobody_else(store: Store, second: bytes):
    await store.commit([a_commit(outbox=b"first")])
    at_nine = Fence({"clicks": 9, "carts": 3})
    # when somebody commits from another fence, then the outbox is whole
    assert await store.commit([a_commit(before=START, after=at_nine, outbox=second)]) == {0: AT_SEVEN}
    assert await store.outbox(0) == (AT_SEVEN, b"first")
    # when the next chunk is committed from the right one, then its own outbox stands there, or none where it sends nothing
    assert await store.commit([a_commit(before=AT_SEVEN, after=at_nine, outbox=second)]) == {}
    assert await store.outbox(0) == (at_nine, second)


async def test_a_topic_left_out_of_the_new_fence_is_gone_from_it(store: Store):
    await store.commit([a_commit()])
    assert await store.commit([a_commit(before=AT_SEVEN, after=Fence({"carts": 4}, epoch=2))]) == {}
    assert await store.outbox(0) == (Fence({"carts": 4}, epoch=2), b"")


async def test_one_partition_refused_does_not_hold_up_another(store: Store):
    await store.commit([a_commit(partition=1)])
    refused = await store.commit([a_commit(partition=number, profiles={ANA: TEA}) for number in (0, 1, 2)])
    assert refused == {1: AT_SEVEN}
    assert await store.read({0: [ANA], 1: [ANA], 2: [ANA]}) == {
        0: Partition(AT_SEVEN, profiles={ANA: TEA}),
        1: Partition(AT_SEVEN, profiles={}),
        2: Partition(AT_SEVEN, profiles={ANA: TEA}),
    }


async def test_a_customer_belongs_to_one_partition(store: Store):
    await store.commit([a_commit(partition=0, profiles={ANA: TEA})])
    assert (await store.read({1: [ANA]}))[1].profiles == {}


async def test_a_profile_set_to_none_is_gone_and_an_opt_out_stays(store: Store):
    await store.commit([a_commit(profiles={ANA: TEA, BEN: RICE})])
    await store.commit([a_commit(before=AT_SEVEN, after=Fence({"clicks": 9}), profiles={ANA: None, BEN: Profile(opted_out=True)})])
    assert (await store.read({0: [ANA, BEN]}))[0].profiles == {BEN: Profile(opted_out=True)}


async def test_an_empty_profile_is_not_the_same_as_none(store: Store):
    await store.commit([a_commit(profiles={ANA: EMPTY})])
    assert (await store.read({0: [ANA]}))[0].profiles == {ANA: EMPTY}


async def test_an_outbox_is_cleared_only_by_the_fence_it_was_committed_with(store: Store):
    await store.commit([a_commit(outbox=b"records")])
    # when somebody who believes in another fence clears it
    await store.clear_outbox({0: Fence({"clicks": 8})})
    # then it stands, until the right one does
    assert await store.outbox(0) == (AT_SEVEN, b"records")
    await store.clear_outbox({0: AT_SEVEN})
    assert await store.outbox(0) == (AT_SEVEN, b"")


async def test_clearing_where_no_outbox_stands_changes_nothing(store: Store):
    await store.clear_outbox({0: START, 1: AT_SEVEN})
    assert await store.outbox(0) == (START, b"")


async def test_deaths_at_a_record_are_counted_with_the_last_traceback(store: Store):
    assert await store.count_crash(0, "clicks:7", "Traceback\n  first") == 1
    assert await store.count_crash(0, "carts:7", "another record") == 1
    assert await store.count_crash(0, "clicks:7", "Traceback\n  語") == 2
    assert await store.crashes(0) == {"clicks:7": Crash(2, "Traceback\n  語"), "carts:7": Crash(1, "another record")}
    assert await store.crashes(1) == {}


async def test_a_commit_forgets_the_deaths_it_got_past(store: Store):
    await store.count_crash(0, "clicks:7", "boom")
    await store.count_crash(0, "clicks:8", "boom")
    await store.commit([Commit(0, START, AT_SEVEN, {}, b"", crashes_cleared=["clicks:7", "clicks:6"])])
    assert await store.crashes(0) == {"clicks:8": Crash(1, "boom")}


async def test_a_refused_commit_forgets_no_deaths(store: Store):
    await store.count_crash(0, "clicks:7", "boom")
    await store.commit([Commit(0, AT_SEVEN, AT_SEVEN, {}, b"", crashes_cleared=["clicks:7"])])
    assert await store.crashes(0) == {"clicks:7": Crash(1, "boom")}


async def test_thousands_of_profiles_go_in_and_out_at_once(store: Store):
    many = {f"k1:{number}": Profile(history=(Touch(f"item-{number}", number),)) for number in range(2_500)}
    assert await store.commit([a_commit(profiles=many)]) == {}
    assert (await store.read({0: many.keys()}))[0].profiles == many


async def test_the_id_of_a_topic_is_kept_from_the_first_time_on(store: Store):
    assert await store.topic_ids(1, {"clicks": "one"}) == {"clicks": "one"}
    # when the topic has another id, and there is a second topic, then the first answer stands; each partition has its own
    assert await store.topic_ids(1, {"clicks": "another", "carts": "two"}) == {"clicks": "one", "carts": "two"}
    assert await store.topic_ids(0, {}) == {}


async def test_everybody_is_told_once_by_the_partition_that_he_belongs_to(store: Store):
    # given more customers than are asked for at a time, in two partitions, and somebody who is forgotten again
    crowd = {f"k1:{number}": TEA for number in range(1_200)}
    await store.commit(
        [a_commit(partition=0, profiles={**crowd, BEN: RICE}), a_commit(partition=11, profiles={ANA: RICE}, outbox=b"records")]
    )
    await store.commit([a_commit(partition=0, before=AT_SEVEN, after=Fence({"clicks": 9}), profiles={BEN: None})])
    await store.count_crash(11, "clicks:7", "Traceback")
    told = [(number, customer, profile) async for number, some in store.everybody() for customer, profile in some.items()]
    assert sorted(told, key=repr) == sorted([*((0, customer, TEA) for customer in crowd), (11, ANA, RICE)], key=repr)


async def test_profiles_are_forgotten_but_for_opt_outs_and_nothing_else_is_touched(store: Store):
    # given more profiles than one look finds, an opt-out, another partition, an outbox and a crash
    many: dict[str, Profile | None] = {f"k1:{number}": TEA for number in range(1_200)}
    await store.commit(
        [a_commit(profiles=many | {BEN: Profile(opted_out=True)}, outbox=b"records"), a_commit(partition=10, profiles={ANA: RICE})]
    )
    await store.count_crash(0, "clicks:9", "boom")
    # when those of partition 0 are forgotten, twice
    for _ in range(2):
        assert await store.forget_profiles({0: AT_SEVEN}) == {}
    # then only the opt-out is left there, and all else stands
    assert (await store.read({0: [*many, BEN]}))[0].profiles == {BEN: Profile(opted_out=True)}
    assert (await store.read({10: [ANA]}))[10].profiles == {ANA: RICE}
    assert await store.outbox(0) == (AT_SEVEN, b"records")
    assert await store.crashes(0) == {"clicks:9": Crash(1, "boom")}


async def test_profiles_under_another_fence_are_not_forgotten(store: Store):
    await store.commit([a_commit(partition=number, profiles={ANA: TEA}) for number in (0, 1)])
    assert await store.forget_profiles({0: Fence({"clicks": 8}), 1: AT_SEVEN, 2: START}) == {0: AT_SEVEN}
    found = await store.read({0: [ANA], 1: [ANA], 2: []})
    assert [found[number].profiles for number in (0, 1)] == [{ANA: TEA}, {}]
    # and a partition that was never written is not made by asking
    assert found[2] == Partition(START, profiles={})


MINUTE_MS = 60_000  # far more than a test takes
ANAS_LIFE_MS = life_ms(ANA, TEA)


async def standing(store: Store) -> dict[str, Profile]:
    """Return ana's and ben's profiles, as far as they are there, however they are asked for."""
    found = (await store.read({0: [ANA, BEN]}))[0].profiles
    told = {customer: profile async for number, some in store.everybody() for customer, profile in some.items() if number == 0}
    assert found == told
    return found


async def test_a_profile_is_gone_once_its_life_is_over_and_the_fence_stays(keeper: MemoryKeeper | RedisKeeper):
    await keeper.store.commit([a_commit(profiles={ANA: TEA}, outbox=b"records")])
    # when a minute is left, then it is there; being read does not prolong it
    await keeper.pass_ms(ANAS_LIFE_MS - MINUTE_MS)
    assert await standing(keeper.store) == {ANA: TEA}
    # when that has passed, then it is not
    await keeper.pass_ms(2 * MINUTE_MS)
    assert await standing(keeper.store) == {}
    assert await keeper.store.outbox(0) == (AT_SEVEN, b"records")


async def test_each_write_is_a_new_beginning_and_each_customer_ends_at_his_own_time(keeper: MemoryKeeper | RedisKeeper):
    # given two customers whose lives differ, and one write more for ana after 60 days
    assert abs(life_ms(BEN, RICE) - ANAS_LIFE_MS) > DAY_MS
    await keeper.store.commit([a_commit(profiles={ANA: TEA, BEN: RICE})])
    await keeper.pass_ms(60 * DAY_MS)
    await keeper.store.commit([a_commit(before=AT_SEVEN, after=Fence({"clicks": 9}), profiles={ANA: RICE})])
    # when ben's life is over, then only he is gone
    await keeper.pass_ms(life_ms(BEN, RICE) - 60 * DAY_MS + MINUTE_MS)
    assert await standing(keeper.store) == {ANA: RICE}
    # when hers is over, counted from her second write, then she is, too
    await keeper.pass_ms(ANAS_LIFE_MS - life_ms(BEN, RICE) + 60 * DAY_MS - 2 * MINUTE_MS)
    assert await standing(keeper.store) == {ANA: RICE}
    await keeper.pass_ms(2 * MINUTE_MS)
    assert await standing(keeper.store) == {}


async def test_who_comes_back_after_the_end_begins_anew_with_a_whole_life(keeper: MemoryKeeper | RedisKeeper):
    await keeper.store.commit([a_commit(profiles={ANA: TEA})])
    await keeper.pass_ms(ANAS_LIFE_MS + MINUTE_MS)
    await keeper.store.commit([a_commit(before=AT_SEVEN, after=Fence({"clicks": 9}), profiles={ANA: RICE})])
    await keeper.pass_ms(ANAS_LIFE_MS - MINUTE_MS)
    assert await standing(keeper.store) == {ANA: RICE}
    await keeper.pass_ms(2 * MINUTE_MS)
    assert await standing(keeper.store) == {}


async def test_an_opt_out_has_no_end_until_it_is_taken_back(keeper: MemoryKeeper | RedisKeeper):
    # given an opt-out over a profile that had an end
    await keeper.store.commit([a_commit(profiles={ANA: TEA})])
    out = Profile(opted_out=True)
    await keeper.store.commit([a_commit(before=AT_SEVEN, after=Fence({"consent": 1}), profiles={ANA: out})])
    # when years pass, and others are written meanwhile, then it stands
    await keeper.pass_ms(1_000 * DAY_MS)
    await keeper.store.commit([a_commit(before=Fence({"consent": 1}), after=Fence({"consent": 2}), profiles={BEN: RICE})])
    assert await standing(keeper.store) == {ANA: out, BEN: RICE}
    # when it is taken back, then what is left has an end again
    await keeper.store.commit([a_commit(before=Fence({"consent": 2}), after=Fence({"consent": 3}), profiles={ANA: EMPTY})])
    await keeper.pass_ms(100 * DAY_MS)
    assert await standing(keeper.store) == {}
