"""What only the store in memory has to do itself: let go of what nobody asks for."""

import tracemalloc

from features.profile import Profile, Touch
from features.store.layout import DAY_MS, life_ms
from features.store.memory import MemoryStore
from features.store.port import Commit, Fence

NOON_MS = 1_763_780_000_000
A_DAY = 500  # customers who come on one day, and not again


def a_profile(day: int) -> Profile:
    return Profile(history=(Touch(f"item-{day}", NOON_MS + day * DAY_MS, views=1),), event_ids=b"12345678")


async def test_memory_does_not_grow_with_customers_who_do_not_come_back():
    # given 500 others on each day, and one who comes every day
    now_ms = NOON_MS
    store = MemoryStore(lambda customer: now_ms)
    tracemalloc.start()
    held_bytes = []
    for day in range(300):
        now_ms = NOON_MS + day * DAY_MS
        profiles = {f"k1:{day}-{number}": a_profile(day) for number in range(A_DAY)} | {"k1:ana": a_profile(day)}
        before = Fence({"clicks": day}) if day else Fence()
        assert await store.commit([Commit(0, before, Fence({"clicks": day + 1}), profiles, b"")]) == {}
        held_bytes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # then from the hundredth day on, when the first have been gone for a day, there is no more than on that day, but for the room of a dict
    assert max(held_bytes[100:]) < 1.1 * held_bytes[100]
    assert held_bytes[99] > 80 * A_DAY * 200  # so many were held, of 200 bytes at least
    # and nobody is there but those who came within 99 days, and who comes every day
    there = {customer async for _, profiles in store.everybody() for customer in profiles}
    assert "k1:ana" in there
    assert {int(customer.removeprefix("k1:").partition("-")[0]) for customer in there - {"k1:ana"}} <= set(range(201, 300))


async def test_a_customer_is_read_and_written_at_his_own_time():
    # given ana, written at noon while it is a day later in general
    times_ms = {"k1:ana": NOON_MS}
    store = MemoryStore(lambda customer: times_ms.get(customer or "", NOON_MS + DAY_MS))
    await store.commit([Commit(0, Fence(), Fence({"clicks": 1}), {"k1:ana": a_profile(0), "k1:ben": a_profile(0)}, b"")])
    for customer, written_ms in (("k1:ana", NOON_MS), ("k1:ben", NOON_MS + DAY_MS)):
        # when she is asked for in the last millisecond of her life, then she is there, and in the next she is not; and so is he
        last_ms = written_ms + life_ms(customer, a_profile(0))
        for at_ms, there in ((last_ms, [customer]), (last_ms + 1, [])):
            times_ms[customer] = at_ms
            assert list((await store.read({0: [customer]}))[0].profiles) == there
