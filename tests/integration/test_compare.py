"""What a live worker showed by chance, exported from Kafka, and compared with what another policy would have shown."""

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaProducer

from features.store.redis import RedisStore
from stream.compare.logged import EXPORT
from stream.contracts.events import Event, Item, SelectItem, ViewItem, ViewItemList
from stream.contracts.suggestion import Suggestion
from stream.transport.events import EventProducer
from tests.support.counting import suggestions, until_worked
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.workers import POLICY, ROOT, Crew, put, started

CUSTOMERS, TURNS, GOODS = 16, 3, 8
EXPLORING = f"{POLICY}\n[exploration]\nshare = 0.5\namong = 3\n"


async def send(bootstrap: str, events: list[Event]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        sender = EventProducer(producer, PARTITIONS)
        for event in events:
            await (await sender.send(event))


def looks(first: int, customers: int) -> list[Event]:
    """Return the looks of so many customers: each at goods 0, 1, 2 and so on, and fewer of them the farther."""
    now_ms = time.time_ns() // 1_000_000
    return [
        ViewItem(
            event_id=f"look-{customer}-{view}",
            event_time_ms=now_ms + view * customers + customer,
            customer=f"k1:{customer:064x}",
            items=(Item(f"item-{view}", price=2.0),),
        )
        for view in range(GOODS)
        for customer in range(first, first + customers)
        if customer % GOODS >= view
    ]


def answers_to(said: list[Suggestion]) -> list[Event]:
    """Return that all cards were seen, and that every third suggestion's last card was clicked on."""
    events: list[Event] = []
    for number, one in enumerate(said):
        items = tuple(Item(card.item_id, item_list_id=shown.item_list_id) for shown in one.lists for card in shown.items)
        more = {"event_time_ms": one.created_ms + 1, "customer": one.customer, "suggestion_id": one.suggestion_id}
        events.append(ViewItemList(event_id=f"seen-{number}", items=items, **more))  # type: ignore[arg-type]
        if number % 3 == 0:
            events.append(SelectItem(event_id=f"click-{number}", items=items[-1:], **more))  # type: ignore[arg-type]
    return events


def tsuide(folder: Path, environ: dict[str, str], *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "stream.cli", *arguments],
        cwd=folder,
        env=os.environ | environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


async def test_an_export_of_a_live_run_tells_of_the_policy_that_ran_and_of_another_one(
    shop: Shop, crew: Crew, store: RedisStore, tmp_path: Path
):
    # given a worker that leaves half of the last places to chance, and customers who see what it shows and click on some
    put(Path(crew.environ["TSUIDE_POLICY"]), EXPLORING)
    await started(crew.worker())
    for first in range(0, TURNS * CUSTOMERS, CUSTOMERS):
        await send(shop.bootstrap, looks(first, CUSTOMERS))
        await until_worked(shop, store)
    published = await suggestions(shop.bootstrap)
    said = [msgspec.json.decode(values[0], type=Suggestion) for values in published.values()]
    shown = [one for one in said if any(part.items for part in one.lists)]
    await send(shop.bootstrap, answers_to(shown))
    await until_worked(shop, store)
    # when the topics that `tsuide compare` asks for are exported, by the very command that it prints
    command = EXPORT.strip("`").replace("OUT", "live.jsonl.zst").split()[1:]
    await asyncio.to_thread(tsuide, tmp_path, crew.environ, *command)
    (tmp_path / "live.toml").write_text(EXPLORING)
    (tmp_path / "plain.toml").write_text(POLICY)
    policies = ("--policy", "live.toml", "--policy", "plain.toml")
    done = json.loads(await asyncio.to_thread(tsuide, tmp_path, crew.environ, "compare", "live.jsonl.zst", *policies, "--json"))
    # then every card that was seen has its occasion, and every click its card
    cards = sum(len(part.items) for one in shown for part in one.lists)
    logged = done["logged"]
    assert (logged["missing"], logged["unmatched"], logged["damaged"]) == (None, 0, 0)
    assert (logged["seen"], logged["taken"]) == (cards, len(shown[::3]))
    assert cards > CUSTOMERS
    # and both policies show some of them (not all: within one second a live worker knows now more, now less than a replay), with a weight
    # of at most 1 / (0.5 / 3): where one of three stood by chance who is certain now
    for one in done["policies"]:
        support = one["uptake"]["support"]
        assert support["seen"] == cards
        assert 0.2 * cards < support["weighted"] <= cards
        assert 1.0 < support["largest"] < 6.001
    # and what lies in Kafka itself tells the same
    live_topics = json.loads(await asyncio.to_thread(tsuide, tmp_path, crew.environ, "compare", "kafka:", *policies, "--json"))
    assert live_topics["logged"] == logged
    assert live_topics["policies"] == done["policies"]
