import asyncio
import time
from contextlib import suppress

import aiohttp
import msgspec
import pytest

from stream.contracts.consent import Choice, Consent
from stream.contracts.ids import Customer
from stream.contracts.topics import CONSENT
from stream.gateway.problems import Refused
from stream.gateway.tokens import Claims
from stream.gateway.will import OptOuts
from stream.settings import Settings
from stream.transport.partitions import partition_of
from tests.support.asking import Asking, an_event
from tests.support.gateway import SHOP_KEY, customer, open_gateway, page
from tests.support.topics import PARTITIONS

RAW = "ana@example.com"
ANA = customer(RAW)
WITHIN_S = 20


def all_of(issued_s: float) -> Claims:
    return Claims(ANA, issued_s, issued_s + 900, "all")


def is_void(opt_outs: OptOuts, issued_s: float) -> bool:
    with suppress(Refused):
        opt_outs.refuse_void(all_of(issued_s))
        return False
    return True


@pytest.mark.parametrize(("choice", "voids", "out"), [("opt_out", True, True), ("forget", True, False), ("opt_in", False, False)])
def test_what_a_choice_means_for_tokens(choice: Choice, voids: bool, out: bool):
    opt_outs = OptOuts()
    assert opt_outs.is_out(ANA) is None
    opt_outs.heard(ANA, choice, 100)
    assert [is_void(opt_outs, issued_s) for issued_s in (99, 100, 101)] == [voids, voids, False]
    assert opt_outs.is_out(ANA) is out
    assert opt_outs.is_out(Customer("k1:ben")) is None


def test_the_newest_choice_counts_however_late_an_older_one_is_heard():
    opt_outs = OptOuts()
    opt_outs.heard(ANA, "opt_in", 200)
    opt_outs.heard(ANA, "opt_out", 100)
    # then he is in, and yet the tokens from before he went out are void
    assert (opt_outs.is_out(ANA), is_void(opt_outs, 99), is_void(opt_outs, 150)) == (False, True, False)


def test_a_token_for_the_way_back_outlives_a_second_opt_out():
    opt_outs = OptOuts()
    opt_outs.heard(ANA, "opt_out", 100)
    opt_outs.refuse_void(Claims(ANA, 50, 950, "consent"))


def test_only_the_newest_news_is_kept():
    opt_outs = OptOuts(most_known=2)
    for number in range(3):
        opt_outs.heard(Customer(f"k1:{number}"), "opt_out", 100)
    assert [opt_outs.is_out(Customer(f"k1:{number}")) for number in range(3)] == [None, True, True]


async def test_an_opt_out_stands_in_the_log_under_the_pseudonym(gate: Asking):
    answer = await gate.ask("POST", "/v1/consent", {"choice": "opt_out"}, by=await gate.token(RAW))
    assert (answer.status, answer.said) == (200, {"choice": "opt_out"})
    [record] = await gate.records_of(ANA)
    assert (record.topic, record.partition) == (CONSENT, partition_of(ANA, PARTITIONS))
    said = msgspec.json.decode(record.value, type=Consent)
    assert (said.customer, said.choice, said.user_id, said.client_id) == (ANA, "opt_out", None, None)
    assert abs(said.event_time_ms - time.time() * 1000) < 60_000
    assert RAW.encode() not in await gate.written()


async def test_who_opts_out_is_out_at_once_until_he_comes_back(gate: Asking, http: aiohttp.ClientSession):
    # given a customer with an open page
    old = await gate.token(RAW)
    async with page(http, gate.url, old) as shown:
        # when he opts out
        assert (await gate.ask("POST", "/v1/consent", {"choice": "opt_out"}, by=old)).status == 200
        # then the page is told and its stream ends
        said = await shown.next()
        assert said is not None
        assert (said.event, await shown.next()) == ("opted_out", None)
    # and the old token opens nothing any more
    asked = [("GET", "/v1/suggestions", None), ("GET", "/v1/suggestions/current", None)]
    asked += [("POST", "/v1/events", [an_event("e")]), ("POST", "/v1/consent", {"choice": "opt_in"})]
    for method, path, body in asked:
        answer = await gate.ask(method, path, body, by=old)
        assert (answer.status, answer.said["code"]) == (401, "token_void")
    # and a new one is good for the way back alone
    given = (await gate.ask("POST", "/v1/token", {"user_id": RAW}, by=SHOP_KEY)).said
    assert given["opted_out"]
    assert (await gate.ask("GET", "/v1/suggestions/current", by=given["token"])).said["code"] == "opted_out"
    assert (await gate.send([an_event("f")], by=given["token"])).fates == ["opted_out"]
    assert (await gate.send([an_event("g", user_id=RAW)], by=SHOP_KEY)).fates == ["opted_out"]
    # and once he has come back, the next token is a whole one; the old one stays void
    assert (await gate.ask("POST", "/v1/consent", {"choice": "opt_in"}, by=given["token"])).status == 200
    assert (await gate.send([an_event("h")], by=await gate.token(RAW))).fates == ["accepted"]
    assert (await gate.ask("GET", "/v1/suggestions/current", by=old)).said["code"] == "token_void"


async def test_who_is_forgotten_begins_anew(gate: Asking):
    old = await gate.token(RAW)
    assert (await gate.ask("POST", "/v1/consent", {"choice": "forget"}, by=old)).status == 200
    assert (await gate.ask("GET", "/v1/suggestions/current", by=old)).said["code"] == "token_void"
    assert (await gate.ask("GET", "/v1/suggestions/current", by=await gate.token(RAW))).status == 200


async def test_another_gateway_and_one_that_starts_later_hear_of_it(gate: Asking, settings: Settings, http: aiohttp.ClientSession):
    old = await gate.token(RAW)
    async with open_gateway(settings) as second:
        # when a customer opts out at one of two gateways
        other = Asking(second, http, settings.kafka_bootstrap_servers)
        assert (await other.ask("GET", "/v1/suggestions/current", by=old)).status == 200
        assert (await gate.ask("POST", "/v1/consent", {"choice": "opt_out"}, by=old)).status == 200
        # then his token is void at the other one too, and he is out there
        async with asyncio.timeout(WITHIN_S):
            while (await other.ask("GET", "/v1/suggestions/current", by=old)).status != 401:  # noqa: ASYNC110 - it is told from afar
                await asyncio.sleep(0.05)
        assert (await other.ask("POST", "/v1/token", {"user_id": RAW}, by=SHOP_KEY)).said["opted_out"]
    async with open_gateway(settings) as later:
        third = Asking(later, http, settings.kafka_bootstrap_servers)
        assert (await third.ask("GET", "/v1/suggestions/current", by=old)).said["code"] == "token_void"


@pytest.mark.parametrize(
    ("body", "code"),
    [({"choice": "perhaps"}, "invalid"), ({}, "invalid"), ({"choice": "opt_out", "event_time_ms": 9_763_780_000_000}, "time")],
    ids=str,
)
async def test_a_will_that_cannot_be_is_refused(gate: Asking, body: dict[str, object], code: str):
    token = await gate.token(RAW)
    answer = await gate.ask("POST", "/v1/consent", body, by=token)
    assert (answer.status, answer.said["code"]) == (400, code)
    assert (await gate.ask("GET", "/v1/suggestions/current", by=token)).status == 200
