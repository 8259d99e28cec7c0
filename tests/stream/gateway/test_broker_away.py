import asyncio
from collections.abc import Callable

import aiohttp
import msgspec

from stream.contracts.events import Event
from tests.support.asking import Asking, an_event
from tests.support.gateway import customer, gateway_settings, open_gateway, token_of
from tests.support.servers import KafkaBroker, make_topics

ANA, BEN = customer("ana@example.com"), customer("ben@example.com")
WITHIN_S = 60


async def test_what_a_broker_that_is_away_did_not_take_is_taken_when_it_is_sent_again(
    kafka_broker: Callable[[], KafkaBroker], redis_url: str, http: aiohttp.ClientSession
):
    # given a gateway whose broker is paused in the middle
    broker = await asyncio.to_thread(kafka_broker)
    await make_topics(broker.bootstrap)
    async with open_gateway(gateway_settings(broker.bootstrap, redis_url, prefix="away")) as running:
        gate, token = Asking(running, http, broker.bootstrap), token_of(ANA)
        assert (await gate.send([an_event("before")], by=token)).fates == ["accepted"]
        broker.pause()
        # when a page sends a batch, twice at once, and another customer opts out
        batch = [an_event("one"), an_event("two", "add_to_cart")]
        refused = await asyncio.gather(
            gate.send(batch, by=token), gate.send(batch, by=token), gate.ask("POST", "/v1/consent", {"choice": "opt_out"}, by=token_of(BEN))
        )
        # then all three are told to send it again
        for answer in refused:
            assert (answer.status, answer.said["code"], answer.headers["Retry-After"]) == (503, "broker_away", "2")
        assert running.gateway.tally["failed:broker"] == 3
        broker.resume()
        # and the same batch is accepted later, by the same token
        async with asyncio.timeout(WITHIN_S):
            while (answer := await gate.send(batch, by=token)).status == 503:
                pass
        assert answer.fates == ["accepted", "accepted"]
        # and once it stands, it is a repeat; what the broker took in between is the same under the same id
        assert (await gate.send(batch, by=token)).fates == ["repeated", "repeated"]
        kept = [msgspec.json.decode(record.value, type=Event) for record in await gate.records_of(ANA)]
        assert {event.event_id for event in kept} == {"before", "one", "two"}
