import asyncio
import json
import time

import msgspec
import pytest

from stream.contracts.events import AddToCart, Event
from stream.contracts.topics import CART, CLICKSTREAM
from stream.transport.partitions import partition_of
from tests.support.asking import Asking, an_event
from tests.support.gateway import SHOP_KEY, customer, token_of
from tests.support.topics import PARTITIONS

ANA, BEN = customer("ana@example.com"), customer("ben@example.com")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MINUTE_MS = 60_000


def decoded(record: object) -> Event:
    return msgspec.json.decode(record.value, type=Event)  # type: ignore[attr-defined,no-any-return]


async def test_an_event_stands_where_its_customer_lives_and_under_his_key(gate: Asking):
    # given events of all kinds of two customers
    looks, acts = an_event("v", "view_item"), an_event("c", "add_to_cart")
    # when both send them
    for who in (ANA, BEN):
        answer = await gate.send([looks, acts], by=token_of(who), traceparent=TRACE)
        assert (answer.status, answer.fates, answer.said["accepted"]) == (200, ["accepted", "accepted"], 2)
    # then each stands in its topic, in the partition of Java's partitioner, keyed by the pseudonym, with the trace handed on
    for who in (ANA, BEN):
        records = await gate.records_of(who)
        assert [(record.topic, record.partition) for record in records] == [
            (CLICKSTREAM, partition_of(who, PARTITIONS)),
            (CART, partition_of(who, PARTITIONS)),
        ]
        assert [decoded(record).customer for record in records] == [who, who]
        assert [dict(record.headers) for record in records] == [{"traceparent": TRACE.encode()}] * 2
        assert all(abs(record.timestamp - time.time() * 1000) < MINUTE_MS for record in records)


async def test_who_an_event_says_it_is_about_does_not_count_where_a_token_says_it(gate: Asking):
    # when Ana's page sends events that name others, by pseudonym and by raw ids
    strange = [an_event("1", customer=BEN), an_event("2", user_id="ben@example.com"), an_event("3", client_id="ben's phone")]
    answer = await gate.send(strange, by=token_of(ANA))
    # then all of them are Ana's, and no raw id went further
    assert answer.fates == ["accepted"] * 3
    records = await gate.records_of(ANA)
    assert {(decoded(one).customer, decoded(one).user_id, decoded(one).client_id) for one in records} == {(ANA, None, None)}
    assert (len(records), await gate.records_of(BEN)) == (3, [])


async def test_the_shop_tells_of_any_customer_and_no_raw_id_leaves_the_gateway(gate: Asking, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    # when the shop's backend sends events by raw ids, also in fields that nobody knows, and one under a raw id as `customer`
    told = [
        an_event("1", user_id="ana@example.com", email="ana@example.com"),
        an_event("2", "purchase", client_id="ben@example.com"),
        an_event("3", customer=ANA),
        an_event("4", customer="ana@example.com"),
        an_event("5"),
    ]
    answer = await gate.send(told, by=SHOP_KEY)
    # then they are kept under pseudonyms, and what names nobody or an id that is none is refused with the cure
    assert answer.fates == ["accepted", "accepted", "accepted", "refused", "refused"]
    assert ["user_id" in one["problem"] for one in answer.said["events"][3:]] == [True, True]
    assert (len(await gate.records_of(ANA)), len(await gate.records_of(BEN))) == (2, 1)
    # and the raw ids stand in no record, answer or line of the log
    assert b"example.com" not in await gate.written() + answer.body + caplog.text.encode()
    assert ANA not in caplog.text + answer.body.decode()


async def test_a_bad_event_in_a_batch_harms_none_of_the_others(gate: Asking):
    # given good events between bad ones: no event, an unknown name, a field of a wrong type, no UTF-8, half an emoji in an id, an empty id
    bad = [b"7", b'{"event":"fly"}', json.dumps(an_event("b3", items=5)).encode(), b'{"event":"view_item","event_id":"\xff"}']
    bad += [json.dumps(an_event("\ud83d")).encode(), json.dumps(an_event("b6", session_id="")).encode()]
    good = [json.dumps(an_event(f"g{number}", later={"unknown": 1})).encode() for number in range(len(bad))]
    body = b"[" + b",".join(part for pair in zip(bad, good, strict=True) for part in pair) + b"]"
    # when they are sent together
    answer = await gate.send(body, by=token_of(ANA))
    # then the good ones stand, and each bad one is answered at its place, by its id where it has one
    assert answer.fates == ["refused", "accepted"] * len(bad)
    assert {decoded(record).event_id for record in await gate.records_of(ANA)} == {f"g{number}" for number in range(len(bad))}
    assert [one.get("event_id") for one in answer.said["events"][::2]] == [None, None, "b3", None, "\ufffd", "b6"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "text/plain;charset=UTF-8", "application/json; charset=utf-8"])
async def test_one_event_a_list_and_an_envelope_are_the_same(gate: Asking, kind: str):
    token = token_of(ANA)
    forms = [an_event("one"), [an_event("list")], {"events": [an_event("envelope")]}]
    answers = [await gate.send(form, by=token, kind=kind) for form in forms]
    assert [answer.fates for answer in answers] == [["accepted"]] * 3
    assert {decoded(record).event_id for record in await gate.records_of(ANA)} == {"one", "list", "envelope"}


async def test_a_beacon_brings_its_token_in_the_body(gate: Asking):
    # when a page that closes sends text without an Authorization header
    body = {"token": token_of(ANA), "sent_at_ms": int(time.time() * 1000), "events": [an_event("last")]}
    answer = await gate.send(body, by=None, kind="text/plain;charset=UTF-8", Origin="https://shop.example")
    # then its event is taken, and the token goes no further
    assert answer.fates == ["accepted"]
    assert body["token"].encode() not in await gate.written()  # type: ignore[attr-defined]
    # and without any token it is not
    assert (await gate.send({"events": [an_event("x")]}, by=None, kind="text/plain")).said["code"] == "token_missing"


async def test_half_an_emoji_costs_no_more_than_itself(gate: Asking):
    # given a search whose last character a page has cut in two, as JSON.stringify writes it, beside a whole emoji and an escaped backslash
    answer = await gate.send(
        [an_event("s", "search", search_term="tea \ud83c"), an_event("t", "search", search_term="\\ud83c 🍵")], by=token_of(ANA)
    )
    assert answer.fates == ["accepted", "accepted"]
    terms = [decoded(record).search_term for record in await gate.records_of(ANA)]  # type: ignore[union-attr]
    assert terms == ["tea \ufffd", "\\ud83c 🍵"]


async def test_an_event_sent_twice_is_kept_once(gate: Asking):
    token = token_of(ANA)
    # when it comes twice in a batch, again in another, and again from another customer under the same id
    assert (await gate.send([an_event("e"), an_event("e")], by=token)).fates == ["accepted", "repeated"]
    assert (await gate.send(an_event("e"), by=token)).fates == ["repeated"]
    assert (await gate.send(an_event("e"), by=token_of(BEN))).fates == ["accepted"]
    # then each customer's stands once
    assert (len(await gate.records_of(ANA)), len(await gate.records_of(BEN))) == (1, 1)


async def test_an_event_that_is_on_the_way_twice_at_once_is_kept_once(gate: Asking):
    token = token_of(ANA)
    answers = await asyncio.gather(*(gate.send([an_event("e"), an_event(f"own {number}")], by=token) for number in range(8)))
    assert sorted(answer.fates[0] for answer in answers) == ["accepted"] + ["repeated"] * 7
    assert sorted(decoded(record).event_id for record in await gate.records_of(ANA)) == ["e"] + [f"own {number}" for number in range(8)]


async def test_a_wrong_clock_is_put_right_by_when_it_says_that_it_sent(gate: Asking):
    # given a phone that is a day late, and one that is 30 seconds ahead
    now_ms = int(time.time() * 1000)
    day_ms = 24 * 60 * MINUTE_MS
    late = {"sent_at_ms": now_ms - day_ms, "events": [an_event("late", event_time_ms=now_ms - day_ms - 5_000)]}
    ahead = {"sent_at_ms": now_ms + 30_000, "events": [an_event("ahead", event_time_ms=now_ms + 25_000)]}
    for body in (late, ahead):
        assert (await gate.send(body, by=token_of(ANA))).fates == ["accepted"]
    # then the day is made up for, and half a minute is left as it is
    times = {decoded(record).event_id: decoded(record).event_time_ms for record in await gate.records_of(ANA)}
    assert abs(times["late"] - (now_ms - 5_000)) < 10_000
    assert times["ahead"] == now_ms + 25_000


async def test_what_is_too_old_or_lies_ahead_is_refused_with_the_cure(gate: Asking):
    now_ms = int(time.time() * 1000)
    hour_ms = 60 * MINUTE_MS
    times = [now_ms - 71 * hour_ms, now_ms - 73 * hour_ms, now_ms + 9 * MINUTE_MS, now_ms + 11 * MINUTE_MS, 10**300]
    answer = await gate.send([an_event(f"e{at}", event_time_ms=time_ms) for at, time_ms in enumerate(times)], by=token_of(ANA))
    assert answer.fates == ["accepted", "refused", "accepted", "refused", "refused"]
    assert ["72 hours" in answer.said["events"][1]["problem"], "sent_at_ms" in answer.said["events"][3]["problem"]] == [True, True]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"[", "not_json"),
        (b'{"events": [nope]}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"7", "invalid"),
        (b'{"events": 7}', "invalid"),
        (b"{}", "no_events"),
        (json.dumps([0] * 501).encode(), "too_many_events"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_only_a_body_of_no_known_shape_is_refused_as_a_whole(gate: Asking, body: bytes, code: str):
    answer = await gate.send(body, by=token_of(ANA))
    assert (answer.status, answer.said["code"], answer.headers["Content-Type"]) == (400, code, "application/problem+json")


async def test_numbers_beyond_64_bits_and_items_by_the_thousand_are_no_fault(gate: Asking):
    many = an_event("many", "add_to_cart", items=[{"item_id": str(number), "price": 1e12, "quantity": 1e9} for number in range(2_000)])
    answer = await gate.send([an_event("big", items=[{"item_id": "a", "index": 10**200}]), many], by=token_of(ANA))
    assert (answer.status, answer.fates[1]) == (200, "accepted")
    assert any(isinstance(decoded(record), AddToCart) for record in await gate.records_of(ANA))
