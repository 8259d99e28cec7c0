"""A thousand browsers on one gateway: how long a suggestion takes to reach one, and what a browser costs."""

import asyncio
import random
import re
import time
from contextlib import suppress
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer

from stream.contracts.suggestion import SUGGESTION_LIFE_MS, Context, Reason, SuggestedItem, SuggestedList, Suggestion
from stream.contracts.topics import SUGGESTIONS
from stream.transport.partitions import partition_of
from tests.benchmarks.figure import Figure, percentiles
from tests.benchmarks.gateway_floor import Browser, Gate, customer, open_gate, token_of
from tests.benchmarks.shop_floor import PARTITIONS, open_floor

BROWSERS, RATE, SECONDS = 1_000, 500, 20
AT_ONCE = 50  # connections that are being opened beside each other
LAST_S = 3.0
HEARD = re.compile(rb'"seq":(\d+),.*"published_ms":(\d+)')


async def subscribers(folder: Path) -> list[Figure]:
    """Return the delivery's percentiles, the share of customers who were not left behind, and the memory of a browser."""
    async with open_floor(folder) as floor, open_gate(floor) as gate:
        producer = AIOKafkaProducer(bootstrap_servers=floor.bootstrap, linger_ms=1)
        await producer.start()
        try:
            await _publish(producer, seconds=2)  # whatever is loaded on first use is loaded now
            before = gate.resident_bytes()
            waits: dict[int, float] = {}  # seq -> milliseconds
            browsers = await _connect(gate)
            each = (gate.resident_bytes() - before) / BROWSERS
            reading = [asyncio.create_task(browser.read(lambda part: _note(part, waits))) for browser in browsers]
            await asyncio.sleep(LAST_S)
            waits.clear()  # what stood there when they came
            newest = await _publish(producer, seconds=SECONDS)
            await asyncio.sleep(LAST_S)
            after = (gate.resident_bytes() - before) / BROWSERS
            for task in reading:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*reading, return_exceptions=True)
            for browser in browsers:
                browser.close()
        finally:
            await producer.stop()
    served = len(newest & waits.keys()) / len(newest)
    return [
        *percentiles(f"{BROWSERS:,} browsers, {RATE} suggestions/s: published to delivered", list(waits.values()), p99=250),
        Figure("customers with their newest suggestion", served, "of all", 1, "at least", f"n={len(newest)}"),
        Figure("memory of a connected browser", each / 1024, "KiB", 60),
        Figure("the same after the load, suggestions held", after / 1024, "KiB"),
    ]


async def _connect(gate: Gate) -> list[Browser]:
    gate_keeper = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Browser:
        async with gate_keeper:
            return await Browser.open(gate, token_of(customer(number)))

    return await asyncio.gather(*(one(number) for number in range(BROWSERS)))


async def _publish(producer: AIOKafkaProducer, *, seconds: float) -> set[int]:
    """Send suggestions at the rate, each to one of the customers, and return the `seq` of everybody's last one."""
    last: dict[int, int] = {}
    chance, start_s = random.Random(1), time.monotonic()
    homes = {number: partition_of(customer(number), PARTITIONS) for number in range(BROWSERS)}
    for count in range(int(RATE * seconds)):
        ahead_s = start_s + count / RATE - time.monotonic()
        if ahead_s > 0:
            await asyncio.sleep(ahead_s)
        number = chance.randrange(BROWSERS)
        suggestion = _suggestion(customer(number), time.time_ns() // 1_000_000)
        last[number] = suggestion.seq
        await producer.send(SUGGESTIONS, msgspec.json.encode(suggestion), key=suggestion.customer.encode(), partition=homes[number])
    await producer.flush()
    return set(last.values())


def _suggestion(who: str, now_ms: int) -> Suggestion:
    """Return a suggestion of the usual size: four accessories with reasons."""
    seq = time.monotonic_ns()
    why = Reason("bought_together", "In 62 of 100 orders with this, that was taken too.", {"of": 100})
    name = "WHITE HANGING HEART T-LIGHT HOLDER"
    cards = tuple(SuggestedItem(f"8512{index}A", index, 1.5, why, item_name=name, price=2.55, currency="GBP") for index in range(4))
    return Suggestion(
        suggestion_id=f"shop.cart.v1:0:{seq}",
        seq=seq,
        caused_by=f"e-{seq}",
        customer=who,
        session_id="s-1",
        context=Context("add_to_cart", "85123A"),
        created_ms=now_ms,
        expires_ms=now_ms + SUGGESTION_LIFE_MS,
        lists=(SuggestedList("accessories", "Goes with it", cards),),
        model_version=1,
        policy_version="p",
        memory_version=1,
        published_ms=now_ms,
    )


def _note(part: bytes, waits: dict[int, float]) -> None:
    now_ms = time.time_ns() / 1e6
    waits.update((int(seq), now_ms - int(published)) for seq, published in HEARD.findall(part))
