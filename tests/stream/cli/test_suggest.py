"""`tsuide suggest`: the cards, the arithmetic behind them, what was left out, and one customer's own answer."""

import asyncio
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from features.fold import fold
from features.profile import EMPTY, Profile
from features.store.port import Commit, Fence
from features.store.redis import open_store
from stream.contracts.events import AddToCart, DismissSuggestion, Event, Item, ViewItem
from stream.engine.who import pseudonym
from stream.exits import AWAY, FAILED, OK, USAGE
from stream.transport.partitions import partition_of
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import RedisServer, free_port

NOW_MS = 1_763_780_000_000
SECRET = "a secret of enough characters"
ANA = pseudonym("ana", "k1", SECRET.encode())
ITEMS: list[dict[str, Any]] = [
    {"item_id": "compact", "item_name": "Compact camera", "price": 300, "specs": {"4K video": False}},
    {"item_id": "system", "item_name": "System camera", "price": 420, "specs": {"4K video": True}},
    {"item_id": "sold", "item_name": "Camera of last year", "price": 400, "availability": "out_of_stock"},
    {"item_id": "studio", "item_name": "Studio camera", "price": 1500},
    {"item_id": "case", "item_name": "Camera case", "price": 20, "item_category": "Cases", "is_accessory_or_spare_part_for": ["compact"]},
]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    """A camera shop: everybody's five visits went from the compact camera to the system camera and the strap."""
    catalog, events = tmp_path / "catalog.jsonl", tmp_path / "events.jsonl"
    catalog.write_text("".join(json.dumps({"item_category": "Cameras", "currency": "GBP", **item}) + "\n" for item in ITEMS))
    with events.open("w") as file:
        for visit in range(5):
            for at, item in enumerate(("compact", "system", "strap")):
                event = {
                    "event": "view_item",
                    "event_id": f"e{visit}-{at}",
                    "event_time_ms": NOW_MS + visit * 60_000 + at,
                    "user_id": f"u{visit}",
                }
                file.write(json.dumps(event | {"session_id": f"s{visit}", "items": [{"item_id": item}]}) + "\n")
    return "--events", str(events), "--catalog", str(catalog)


def test_json_tells_each_cards_score_by_its_terms(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    ended = tsuide("suggest", "compact", *files, "--json")
    assert ended.code == OK
    shown = {(one["item_list_id"], item["item_id"]): item for one in ended.json["lists"] for item in one["items"]}
    assert set(shown) == {("upgrades", "system"), ("accessories", "case"), ("accessories", "strap")}
    assert shown["upgrades", "system"]["reason"]["text"] == "£120.00 more: 4K video"
    # then the products of what scored a card add up to its score, which the card has to six places
    for one in ended.json["why"]:
        for head in one["scored"]:
            assert fsum(term["value"] * term["weight"] for term in head["terms"]) == pytest.approx(head["score"], abs=1e-9)
            assert head["total"] == pytest.approx(head["score"], abs=1e-9)
    best = {one["item_id"]: one["scored"][0] for one in ended.json["why"] if one["scored"]}
    assert best["system"]["head"] == "upgrade"
    assert best["strap"]["head"] == "browse"
    assert best["strap"]["sources"]["neighbours"] > 0
    for item in ("system", "strap"):
        card = next(card for (_, item_id), card in shown.items() if item_id == item)
        assert card["score"] == pytest.approx(best[item]["score"], abs=1e-6)


def test_json_names_what_was_left_out_with_the_rule(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    found = {(one["item_list_id"], one["item_id"]): one["rule"] for one in tsuide("suggest", "compact", *files, "--json").json["left_out"]}
    assert found["upgrades", "sold"] == "sold_out"
    assert found["upgrades", "studio"] == "price_band"  # 1500 / 300 = 5
    assert found["accessories", "system"] == "in_another_list"


def test_people_read_the_same_without_colours(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    plain, ended = tsuide("suggest", "compact", *files), tsuide("suggest", "compact", *files, "--why")
    assert "\x1b" not in ended.out
    assert all(line in ended.out for line in plain.out.splitlines())
    assert "£120.00 more: 4K video" in plain.out
    assert "Left out" not in plain.out
    assert "upgrades: system by upgrade (bucket 0), place " in ended.out
    assert "price_band" in ended.out.split("Left out of upgrades")[1]
    assert "accessories: case" in ended.out


@pytest.mark.parametrize("columns", [80, 200])
def test_on_a_terminal_every_line_fits_and_nothing_is_lost(files: tuple[str, ...], columns: int) -> None:
    out = on_a_terminal(columns, "suggest", "compact", *files, "--why")
    *lines, _ = out.splitlines()  # the last one is a sentence, which a terminal breaks by itself
    assert max(map(len, lines)) <= columns
    for word in ("system", "420.00 GBP", "log_ratio_squared", "in_another_list", "sold_out"):
        assert word in out


def test_the_next_view_is_explained_too(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    said = tsuide("suggest", "compact", *files, "--task", "browse", "--json").json
    assert said["lists"] == []
    assert [one["item_id"] for one in said["why"]] == [one["item_id"] for one in said["browse"]]
    assert tsuide("suggest", "compact", *files, "--task", "browse", "--why").code == OK


def test_a_language_is_a_tag(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    assert "プラス£120.00で、4K video" in tsuide("suggest", "compact", *files, "--language", "ja-JP").out
    assert "£120.00 more" in tsuide("suggest", "compact", *files, "--language", "fr").out
    assert tsuide("suggest", "compact", *files, "--language", "klingon!").code == USAGE


# One customer


def ana(*events: Event) -> Profile:
    profile = EMPTY
    for event in events:
        profile = fold(profile, event)
    return profile


@pytest.fixture
def keep(redis_server: Callable[[], RedisServer]) -> Callable[[Profile], dict[str, str]]:
    """Keep a profile as ana's in a Redis of the test's own; returns the settings that find it."""
    url = redis_server().url

    async def put(profile: Profile) -> None:
        store = open_store(url)
        home = partition_of(ANA, 4)
        assert await store.commit([Commit(home, Fence(), Fence(), {ANA: profile}, b"")]) == {}
        await store.aclose()

    def kept(profile: Profile) -> dict[str, str]:
        asyncio.run(put(profile))
        return {"REDIS_URL": url, "TSUIDE_PARTITIONS": "4", "TSUIDE_PSEUDONYM_SECRET": SECRET}

    return kept


def touch(kind: type, item_id: str, **fields: Any) -> Event:
    event: Event = kind(event_id=f"{kind.__name__}-{item_id}", event_time_ms=NOW_MS, items=(Item(item_id),), **fields)
    return event


def test_a_customer_is_answered_as_himself(tsuide: Tsuide, files: tuple[str, ...], keep: Callable[[Profile], dict[str, str]]) -> None:
    # given ana, who reads Japanese, put the case into her cart and dismissed the system camera
    settings = keep(ana(touch(ViewItem, "strap", language="ja"), touch(AddToCart, "case"), touch(DismissSuggestion, "system")))
    ended = tsuide("suggest", "compact", *files, "--customer", "ana", "--json", **settings)
    # then both are left out for that, what is cheaper is asked for, and the texts are Japanese
    assert (ended.code, ended.json["customer"]) == (OK, ANA)
    left_out = {(one["item_list_id"], one["item_id"]): one["rule"] for one in ended.json["left_out"]}
    assert left_out["upgrades", "system"] == "dismissed"
    assert left_out["accessories", "case"] == "in_cart"
    assert all("、" in one["headline"] or "品" in one["headline"] for one in ended.json["lists"])
    # and under her pseudonym she is the same, and nothing was written by asking
    again = tsuide("suggest", "compact", *files, "--customer", ANA, "--json", **settings)
    assert again.json["left_out"] == ended.json["left_out"]
    assert f"As it would be answered to {ANA}." in tsuide("suggest", "compact", *files, "--customer", ANA, **settings).out


def test_nobody_is_answered_who_is_unknown_or_has_opted_out(
    tsuide: Tsuide, files: tuple[str, ...], keep: Callable[[Profile], dict[str, str]]
) -> None:
    settings = keep(replace(EMPTY, opted_out=True))
    out = tsuide("suggest", "compact", *files, "--customer", "ana", **settings)
    assert (out.code, out.out) == (FAILED, "")
    assert f"{ANA} has opted out" in out.err
    unknown = tsuide("suggest", "compact", *files, "--customer", "bob", **settings)
    assert unknown.code == FAILED
    assert "Nothing is known of k1:" in unknown.err
    assert "bob" not in unknown.err


def test_without_redis_or_without_the_secret_it_says_what_to_do(tsuide: Tsuide, files: tuple[str, ...]) -> None:
    away = {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    assert tsuide("suggest", "compact", *files, "--customer", ANA, **away).code == AWAY
    no_secret = tsuide("suggest", "compact", *files, "--customer", "ana", **away)
    assert no_secret.code == USAGE
    assert "TSUIDE_PSEUDONYM_SECRET" in no_secret.err


def on_a_terminal(columns: int, *arguments: str) -> str:
    """Return what the command prints where somebody looks, with that many columns; colours taken away."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    command = [sys.executable, "-m", "stream.cli", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"} | {"TERM": "dumb"}
    shown = b""
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, stdin=theirs, env=environment) as running:
        os.close(theirs)
        while True:
            try:
                more = os.read(ours, 65_536)
            except OSError:  # the other end is closed
                break
            if not more:
                break
            shown += more
    os.close(ours)
    assert running.returncode == OK
    return shown.decode().replace("\r\n", "\n")
