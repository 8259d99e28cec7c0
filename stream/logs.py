"""Event logs and catalogues as files: JSON lines in the shop's contract, plain, gzip or zstd."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Event
from stream.engine.who import Pseudonymise, customer_in_log, named
from stream.errors import LogError
from stream.lines import Lines

Refused = Callable[[LogError], None]
Record = TypeVar("Record")
_EVENTS: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_ITEMS = msgspec.json.Decoder(CatalogItem)


def read_events(source: Lines | Path | str, pseudonymise: Pseudonymise, *, refused: Refused | None = None) -> Iterator[Event]:
    """Yield the events of a log in its order, each with a `customer` and without raw ids.

    An event that names nobody but has a session counts the session as its customer.

    Args:
        source: a path, or `Lines` of one whose progress somebody watches.
        pseudonymise: turns a raw id into a customer (`stream.engine.who.pseudonymiser`).
        refused: is told each line that cannot be read; where it is missing, the first such line raises.

    Raises:
        LogError: with path, line number and cause. A file that cannot be read on raises in any case.
    """
    lines = source if isinstance(source, Lines) else Lines(source)
    for number, line in lines:
        event = _decoded(lines, number, line, _EVENTS, refused)
        if event is None:
            continue
        customer = customer_in_log(event, pseudonymise)
        if customer is None:
            _refuse(LogError(str(lines.path), number, "names nobody: give customer, user_id, client_id or session_id."), refused)
            continue
        yield named(event, customer)


def read_catalog(source: Lines | Path | str, *, refused: Refused | None = None) -> Iterator[CatalogItem]:
    """Yield the items of a catalogue in JSON lines, in its order. Arguments and errors as `read_events`."""
    lines = source if isinstance(source, Lines) else Lines(source)
    for number, line in lines:
        item = _decoded(lines, number, line, _ITEMS, refused)
        if item is not None:
            yield item


def _decoded(lines: Lines, number: int, line: bytes, decoder: msgspec.json.Decoder[Record], refused: Refused | None) -> Record | None:
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:  # a ValidationError is a DecodeError
        _refuse(LogError(str(lines.path), number, f"{fault}."), refused)
        return None


def _refuse(error: LogError, refused: Refused | None) -> None:
    if refused is None:
        raise error
    refused(error)
