"""Events over HTTP: how many a second one gateway takes in, in batches of 20, each answered once the broker has them."""

import asyncio
import time
from pathlib import Path

import aiohttp
import msgspec

from tests.benchmarks.figure import Figure, percentiles
from tests.benchmarks.gateway_floor import Gate, customer, open_gate, token_of
from tests.benchmarks.shop_floor import open_floor

BATCH, PAGES, SECONDS, WARM_S = 20, 50, 20, 3


async def collector(folder: Path) -> list[Figure]:
    """Return events a second and the percentiles of a request, of pages that each send the next batch when the last is answered."""
    async with open_floor(folder) as floor, open_gate(floor) as gate, aiohttp.ClientSession() as http:
        await _load(http, gate, seconds=WARM_S, turn="warm")
        began_s = time.monotonic()
        waits = await _load(http, gate, seconds=SECONDS, turn="live")
        rate = len(waits) * BATCH / (time.monotonic() - began_s)
    return [
        Figure(f"collector, batches of {BATCH} from {PAGES} pages", rate, "events/s", 2_000, "at least", note=f"n={len(waits) * BATCH}"),
        *percentiles("collector: a batch sent to its answer", waits),
    ]


async def _load(http: aiohttp.ClientSession, gate: Gate, *, seconds: float, turn: str) -> list[float]:
    """Return the milliseconds of every request. Raises AssertionError when an event was not accepted."""
    waits: list[float] = []
    until_s = time.monotonic() + seconds

    async def page(number: int) -> None:
        head = {"Authorization": f"Bearer {token_of(customer(number))}", "Content-Type": "application/json"}
        count = 0
        while time.monotonic() < until_s:
            body = msgspec.json.encode([_event(f"{turn}-{number}-{count + at}") for at in range(BATCH)])
            count += BATCH
            sent_s = time.monotonic()
            async with http.post(f"{gate.url}/v1/events", data=body, headers=head) as answer:
                told = msgspec.json.decode(await answer.read())
            assert told.get("accepted") == BATCH, told
            waits.append(1_000 * (time.monotonic() - sent_s))

    await asyncio.gather(*(page(number) for number in range(PAGES)))
    return waits


def _event(event_id: str) -> dict[str, object]:
    return {
        "event": "view_item",
        "event_id": event_id,
        "event_time_ms": time.time_ns() // 1_000_000,
        "session_id": "s-1",
        "language": "en",
        "currency": "GBP",
        "items": [{"item_id": "85123A", "item_name": "WHITE HANGING HEART T-LIGHT HOLDER", "price": 2.55, "item_category": "Lights"}],
    }
