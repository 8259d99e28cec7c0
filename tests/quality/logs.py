"""The logs at hand: where they lie, in which form, and which protocols they can answer."""

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from stream.cli.anybody import anybody
from stream.contracts.events import AddToCart, Event, Purchase
from stream.errors import LogError
from stream.lines import Lines
from stream.logs import read_catalog, read_events
from tests.quality.promises import promised
from tests.quality.research import Described, Record, Touch, catalogue_of, events_of

SHOP = Path(__file__).parents[2] / "deploy" / "shop"
SHOP_NAME = "online_retail"  # the sample shop, which comes with the product
ENDINGS = ("", ".gz", ".zst")
Kind = TypeVar("Kind")


class Log(Struct, frozen=True):
    """One log: `events` and `catalog` in the shop's contract, or, where `research`, in the form that `research.py` reads."""

    name: str
    events: Path
    catalog: Path | None
    research: bool


def logs_in(folder: Path) -> list[Log]:
    """Return the sample shop and the logs of the folder's folders, by name; folders that hold no log are left out."""
    folders = sorted(one for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []
    found = [log for one in folders if one.name != SHOP_NAME and (log := log_at(one, one.name))]
    shop = log_at(SHOP, SHOP_NAME)
    return sorted([*found, *([shop] if shop else [])], key=lambda log: log.name)


def log_at(folder: Path, name: str) -> Log | None:
    """Return the log in the folder, told by its first line; None where there is none."""
    events = _one_of(folder, "events.jsonl")
    if events is None:
        return None
    _, first = next(iter(Lines(events)), (0, b"{}"))
    research = "event" not in msgspec.json.decode(first)
    return Log(name, events, _one_of(folder, "items.jsonl" if research else "catalog.jsonl"), research)


def as_shop_log(log: Log, into: Path) -> Log:
    """Return the log in the shop's contract; a research log is written anew into the folder `into`. Raises LogError with its line."""
    if not log.research:
        return log
    events = _write(into / "events.jsonl.gz", events_of(_read(log.events, Touch), log.name))
    catalog = None if log.catalog is None else _write(into / "catalog.jsonl.gz", catalogue_of(_read(log.catalog, Described), log.name))
    return Log(log.name, events, catalog, research=False)


def protocols_of(log: Log) -> list[str]:
    """Return what can be asked of a log in the shop's contract: what was promised of it, else whatever its content allows."""
    return promised(log.name) or allowed(
        read_events(log.events, anybody), {item.leaf_category for item in read_catalog(log.catalog)} if log.catalog else set()
    )


def allowed(events: Iterable[Event], categories: Iterable[str | None]) -> list[str]:
    """Return the protocols whose questions the events can hold; `categories` are the catalogue's.

    next-item needs sessions; basket and accessory baskets of two items; upgrade prices and categories besides; accessory over sessions
    carts in sessions, and categories. With fewer than two categories accessory looks at none.
    """
    named = set(categories)
    sessions = carts = baskets = prices = False
    for event in events:
        named.update(line.leaf_category for line in event.items)
        sessions |= event.session_id is not None
        carts |= event.session_id is not None and isinstance(event, AddToCart | Purchase)
        if isinstance(event, Purchase) and event.transaction_id:
            baskets |= len({line.item_id for line in event.items}) > 1
            prices |= any(line.price is not None for line in event.items)
    several = len(named - {None}) > 1
    fitting = {
        "next-item": sessions,
        "basket": baskets,
        "basket, discover": baskets,
        "accessory": baskets and several,
        "accessory, any category": baskets and not several,
        "accessory, sessions": carts and several,
        "upgrade": baskets and prices and several,
    }
    return [protocol for protocol, fits in fitting.items() if fits]


def _one_of(folder: Path, name: str) -> Path | None:
    return next((path for ending in ENDINGS if (path := folder / f"{name}{ending}").is_file()), None)


def _read(path: Path, kind: type[Kind]) -> Iterator[Kind]:
    decoder = msgspec.json.Decoder(kind)
    for number, line in Lines(path):
        try:
            yield decoder.decode(line)
        except msgspec.DecodeError as fault:
            raise LogError(str(path), number, f"{fault}.") from fault


def _write(path: Path, records: Iterable[Record]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.writelines(msgspec.json.encode(record) + b"\n" for record in records)
    return path
