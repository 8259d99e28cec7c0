import time

import aiohttp
import msgspec
import pytest

from features.profile import Profile
from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.contracts.web import TokenAnswer
from stream.settings import Settings
from stream.transport.partitions import partition_of
from tests.support.asking import Asking, an_event
from tests.support.gateway import SHOP_KEY, TOKEN_S, customer, gateway_settings, open_gateway, token_of
from tests.support.servers import free_port
from tests.support.topics import PARTITIONS

ANA = customer("ana@example.com")


async def keep_as_opted_out(settings: Settings) -> None:
    """Put into the store what the engine keeps of somebody who opted out long ago."""
    store, home = open_store(settings.redis_url, settings.prefix), partition_of(ANA, PARTITIONS)
    assert await store.commit([Commit(home, Fence(), Fence({"t": 1}), {ANA: Profile(opted_out=True)}, b"")]) == {}
    await store.aclose()


@pytest.mark.parametrize(
    "body", [{"user_id": "ana@example.com"}, {"client_id": "ana@example.com"}, {"user_id": "ana@example.com", "client_id": "x"}]
)
async def test_the_shops_backend_gets_a_token_that_is_good_for_its_customer(gate: Asking, body: dict[str, str]):
    # when the backend asks for one
    answer = await gate.ask("POST", "/v1/token", body, by=SHOP_KEY)
    given = msgspec.json.decode(answer.body, type=TokenAnswer)
    # then it names nobody by his raw id, is good for a while, and opens what is the customer's
    assert (answer.status, given.opted_out, b"ana@" in answer.body) == (200, False, False)
    assert abs(given.expires_ms / 1000 - time.time() - TOKEN_S) < 10
    assert (await gate.ask("GET", "/v1/suggestions/current", by=given.token)).status == 200
    assert (await gate.send(an_event("e"), by=given.token)).fates == ["accepted"]
    assert len(await gate.records_of(ANA)) == 1


async def test_no_customer_gets_a_token_by_himself(gate: Asking):
    answer = await gate.ask("POST", "/v1/token", {"user_id": "ben@example.com"}, by=token_of(ANA))
    assert (answer.status, answer.said["code"]) == (401, "key_invalid")


async def test_who_opted_out_long_ago_gets_a_token_for_the_way_back_alone(gate: Asking, settings: Settings):
    # given somebody of whom the store keeps that he opted out, and nobody has heard anything since
    await keep_as_opted_out(settings)
    # when he comes to the shop
    answer = await gate.ask("POST", "/v1/token", {"user_id": "ana@example.com"}, by=SHOP_KEY)
    # then his token says so, and opens neither lists nor the log
    assert answer.said["opted_out"]
    token = answer.said["token"]
    for path in ("/v1/suggestions", "/v1/suggestions/current"):
        refused = await gate.ask("GET", path, by=token)
        assert (refused.status, refused.said["code"]) == (403, "opted_out")
    assert (await gate.send([an_event("e")], by=token)).fates == ["opted_out"]
    # and what the shop's backend tells of him is not kept either, while others' events in the same batch are
    told = [an_event("f", user_id="ana@example.com"), an_event("g", user_id="ben@example.com")]
    assert (await gate.send(told, by=SHOP_KEY)).fates == ["opted_out", "accepted"]
    assert (await gate.records_of(ANA), len(await gate.records_of(customer("ben@example.com")))) == ([], 1)


async def test_a_store_that_is_away_is_no_reason_to_guess(topics: str, http: aiohttp.ClientSession):
    # given a gateway whose store does not answer
    async with open_gateway(gateway_settings(topics, f"redis://127.0.0.1:{free_port()}/0")) as running:
        gate = Asking(running, http, topics)
        answers = [
            await gate.ask("POST", "/v1/token", {"user_id": "ana@example.com"}, by=SHOP_KEY),
            await gate.send([an_event("e", user_id="ana@example.com")], by=SHOP_KEY),
        ]
        for answer in answers:
            assert (answer.status, answer.said["code"], answer.headers["Retry-After"]) == (503, "store_away", "2")
        # then browsers, whose tokens say it, go on as before
        assert (await gate.send([an_event("e")], by=token_of(ANA))).fates == ["accepted"]
