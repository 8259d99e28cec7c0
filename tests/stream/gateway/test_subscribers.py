import asyncio

import pytest

from stream.contracts.ids import Customer
from stream.gateway.held import Held, held_of
from stream.gateway.problems import Refused
from stream.gateway.subscribers import A_CUSTOMER, MOST_PENDING, Subscriber, Subscribers
from tests.support.offers import a_suggestion

ANA, BEN = Customer("k1:ana"), Customer("k1:ben")


def held(offset: int, *, customer: str = ANA, session: str = "s-1", **lists: list[str]) -> Held:
    return held_of(0, offset, a_suggestion(customer, seq=offset, session=session, **lists))


async def said(subscriber: Subscriber) -> list[object]:
    """Return what is to be sent now: event ids and lists, resets, and the end."""
    told: list[object] = []
    while subscriber.waiting:
        what = await subscriber.next()
        told.append((what.offset, list(what.lists)) if isinstance(what, Held) else what)
        if what in ("reauth", "opted_out", "end"):
            break
    return told


class TestAStreamsQueue:
    async def test_gives_what_was_put_in_its_order(self) -> None:
        subscriber = Subscriber(ANA)
        subscriber.put(held(1, accessories=["tea"]))
        subscriber.put(held(2, upgrades=["pot"]))
        assert await said(subscriber) == [(1, ["accessories"]), (2, ["upgrades"])]

    async def test_keeps_of_each_list_the_newest_however_long_nobody_reads(self) -> None:
        # given a client that reads nothing while a thousand newer ones of one list come, and another list stays
        subscriber = Subscriber(ANA)
        subscriber.put(held(0, accessories=["tea"], upgrades=["pot"]))
        for offset in range(1, 1_001):
            subscriber.put(held(offset, accessories=["tea"]))
        assert await said(subscriber) == [(0, ["upgrades"]), (1_000, ["accessories"])]

    async def test_of_more_sessions_than_anybody_has_becomes_a_reset(self) -> None:
        subscriber = Subscriber(ANA)
        for offset in range(MOST_PENDING + 1):
            subscriber.put(held(offset, session=f"s-{offset}", accessories=["tea"]))
        # then the page is to begin anew, and what comes after that is sent
        subscriber.put(held(99, session="s-99", accessories=["tea"]))
        assert await said(subscriber) == ["reset", (99, ["accessories"])]

    async def test_that_is_waited_for_gives_what_comes(self) -> None:
        subscriber = Subscriber(ANA)
        waiting = asyncio.create_task(subscriber.next())
        await asyncio.sleep(0)
        subscriber.put(held(1, accessories=["tea"]))
        what = await waiting
        assert isinstance(what, Held)
        assert what.offset == 1

    async def test_that_is_closed_says_only_why_and_the_first_reason_counts(self) -> None:
        subscriber = Subscriber(ANA)
        subscriber.put(held(1, accessories=["tea"]))
        subscriber.close("opted_out")
        subscriber.close("reauth")
        subscriber.put(held(2, accessories=["tea"]))
        assert await said(subscriber) == ["opted_out"]


class TestTheStreamsOfAProcess:
    async def test_are_given_what_is_for_their_customer_and_nothing_else(self) -> None:
        streams = Subscribers(10)
        one, two, other = streams.add(ANA), streams.add(ANA), streams.add(BEN)
        streams.publish(held(1, accessories=["tea"]))
        assert await said(one) == await said(two) == [(1, ["accessories"])]
        assert await said(other) == []

    async def test_of_one_customer_end_with_the_oldest_when_there_are_too_many(self) -> None:
        streams = Subscribers(100)
        first, *others = [streams.add(ANA) for _ in range(A_CUSTOMER + 1)]
        assert len(streams) == A_CUSTOMER
        assert await said(first) == ["end"]
        assert [await said(other) for other in others] == [[]] * A_CUSTOMER

    async def test_are_refused_when_the_gateway_is_full_and_taken_again_after_one_left(self) -> None:
        streams = Subscribers(1)
        first = streams.add(ANA)
        with pytest.raises(Refused) as refused:
            streams.add(BEN)
        assert (refused.value.status, refused.value.code, refused.value.retriable) == (503, "full", True)
        streams.remove(first)
        streams.remove(first)
        assert len(streams) == 0
        streams.add(BEN)

    async def test_that_end_by_the_customers_will_are_his_own(self) -> None:
        streams = Subscribers(10)
        one, other = streams.add(ANA), streams.add(BEN)
        streams.close_all_of(ANA, "opted_out")
        assert (await said(one), await said(other)) == (["opted_out"], [])
        streams.close_all()
        assert await said(other) == ["end"]
