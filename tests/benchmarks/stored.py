"""What one customer takes in Redis, all told."""

from pathlib import Path

from redis.asyncio import Redis

from features.fold import fold
from features.profile import EMPTY
from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.contracts.events import Item, SelectItem, ViewItemList
from stream.engine.who import pseudonym
from tests.benchmarks.clicks import SECRET
from tests.benchmarks.figure import Figure
from tests.support.servers import RedisServer

START_MS = 1_763_780_000_000
SESSION = "0d6b7a52-4a0a-4a3e-9a54-0d4f3f0b9c11"


async def stored(folder: Path) -> list[Figure]:
    """Return the bytes of a customer with 4 clicks and 2 impressions, by `MEMORY USAGE`."""
    customer, profile = pseudonym("ana", "k1", SECRET), EMPTY
    for number in range(4):
        item = Item(f"21482{number:05d}", price=12.5, item_category="Lights")
        said = {"event_id": f"click-{number}", "event_time_ms": START_MS + number * 20_000, "session_id": SESSION}
        profile = fold(profile, SelectItem(customer=customer, items=(item,), currency="GBP", language="en", **said))
    for number in range(2):
        said = {"event_id": f"seen-{number}", "event_time_ms": START_MS + number * 20_000, "suggestion_id": "shop.cart.v1:1:2"}
        profile = fold(profile, ViewItemList(customer=customer, session_id=SESSION, items=(Item("2148200001"),), **said))
    with RedisServer(folder) as server:
        store = open_store(server.url)
        await store.commit([Commit(0, Fence(), Fence({"shop.cart.v1": 6}), {customer: profile}, b"")])
        await store.aclose()
        client = Redis.from_url(server.url)
        size_bytes = await client.memory_usage(f"tsuide:{{p0}}:u:{customer}")
        await client.aclose()
    return [Figure("a customer with 4 clicks and 2 impressions", float(size_bytes), "bytes", 700)]
