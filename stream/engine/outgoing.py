"""The records that an answered event sends out."""

import base64
import struct
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from features.catalog import Catalog
from online_models.heads import HEADS
from online_models.request import Ranked
from online_models.uptake.features import D, Row
from stream.contracts.events import AddToCart, DismissSuggestion, Event, Purchase, SelectItem, ViewItemList, name_of
from stream.contracts.ids import Origin
from stream.contracts.memory import Forget, MemoryRecord, Remembered
from stream.contracts.suggestion import Context, SuggestedList, Suggestion
from stream.contracts.topics import MEMORY, SUGGESTIONS, TRAINING
from stream.contracts.training import Candidates, Example, Outcome, Shown, ShownItem, Training
from stream.engine.decode import Decoded
from stream.engine.record import ORIGIN_HEADER, Headers, Outgoing, Record
from stream.tracing.context import HEADER

_JSON = msgspec.json.Encoder()
_FEATURES = struct.Struct(f"<{D}f")
OUTCOMES = (ViewItemList, SelectItem, AddToCart, Purchase, DismissSuggestion)
MOST_OUTCOME_ITEMS = 100  # of one event; a suggestion shows far fewer
MOST_CANDIDATES = 1_000  # of one head: with 60 features each and the longest ids 1.2 MB, a good half of what the topic takes


def suggestion_record(
    decoded: Decoded,
    lists: tuple[SuggestedList, ...],
    *,
    seq: int,
    session: str,
    life_ms: int,
    versions: tuple[int, str, int],
    experiment: dict[str, str],
    now_ms: int,
) -> Outgoing:
    """Return the suggestion that this event causes; `versions` are the model's, the policy's and the memory's."""
    record, event = decoded.record, decoded.event
    model_version, policy_version, memory_version = versions
    items = getattr(event, "items", ())
    about = items[0].item_id if items else getattr(event, "plan_id", None)
    suggestion = Suggestion(
        suggestion_id=str(decoded.origin),
        seq=seq,
        caused_by=event.event_id,
        customer=decoded.customer,
        session_id=session,
        context=Context(getattr(event, "choice", None) or name_of(event), about),  # type: ignore[arg-type]
        created_ms=record.timestamp_ms,
        expires_ms=record.timestamp_ms + life_ms,
        lists=lists,
        model_version=model_version,
        policy_version=policy_version,
        memory_version=memory_version,
        published_ms=now_ms,
        experiment=experiment,
    )
    return _out(SUGGESTIONS, decoded, _JSON.encode(suggestion), _cloud_event(decoded))


def memory_record(decoded: Decoded, event: Event, *, session: str, catalog: Catalog) -> Outgoing:
    """Return what the event adds to the shared memory; of a line that names no category, the catalogue's."""
    record = MemoryRecord(
        origin=_counted_at(decoded),
        customer=decoded.customer,
        session=session,
        event=name_of(event),
        event_time_ms=event.event_time_ms,
        items=tuple(
            [
                Remembered(item.item_id, item.price, item.leaf_category or catalog.category(item.item_id), item.quantity)
                for item in event.items
            ]
        ),
        transaction_id=event.transaction_id,
    )
    return _out(MEMORY, decoded, _JSON.encode(record))


def forget_record(decoded: Decoded) -> Outgoing:
    """Return the order to take everything of this customer out of the shared memory."""
    return _out(MEMORY, decoded, _JSON.encode(Forget(_counted_at(decoded), decoded.customer)))


def example_record(decoded: Decoded, head: str, bucket: int, z: bytes, loss: float) -> Outgoing:
    """Return one listwise step for the trainer; `z` as little-endian float32."""
    example = Example(_counted_at(decoded), head, bucket, base64.b64encode(z).decode(), loss)
    return _trained(decoded, example.id, example)


def shown_record(decoded: Decoded, lists: tuple[SuggestedList, ...], features: Mapping[str, tuple[Row, ...]]) -> Outgoing | None:
    """Return what the suggestion of this event shows, each card with its features; None where it only clears. 0.3 KB a card."""
    items = tuple(
        ShownItem(card.item_id, shown.item_list_id, card.index, card.propensity, base64.b64encode(_FEATURES.pack(*x)).decode())
        for shown in lists
        if shown.items
        for card, x in zip(shown.items, features[shown.item_list_id], strict=True)
    )
    if not items:
        return None
    said = Shown(_counted_at(decoded), str(decoded.origin), decoded.event.event_time_ms, items)
    return _trained(decoded, f"{said.origin}:shown", said)


def candidates_record(decoded: Decoded, ranked: Ranked, *, versions: tuple[int, str]) -> Outgoing:
    """Return one head's candidates as they were ranked, the first `MOST_CANDIDATES` of them; `versions`: the model's, the policy's.

    About 0.3 us and 0.3 KB a candidate.
    """
    kept = slice(MOST_CANDIDATES)
    said = Candidates(
        _counted_at(decoded),
        str(decoded.origin),
        ranked.head,
        ranked.bucket,
        *versions,
        HEADS[ranked.head].features,
        ranked.items[kept],
        len(ranked.items),
        ranked.features[kept].astype("<f4").tobytes(),
        ranked.scores[kept].astype("<f8").tobytes(),
    )
    return _trained(decoded, f"{said.origin}:candidates:{said.head}", said)


def outcome_record(decoded: Decoded, event: Event) -> Outgoing | None:
    """Return what the event says of the suggestion that it names; None where it says nothing.

    Where the shop marks the lines that came from a list, only these are told.
    """
    if event.suggestion_id is None or not isinstance(event, OUTCOMES):
        return None
    marked = [item for item in event.items if item.item_list_id is not None] or event.items
    first, *more = list(dict.fromkeys([item.item_id for item in marked]))[:MOST_OUTCOME_ITEMS] or [""]
    list_id = getattr(event, "item_list_id", None)
    said = Outcome(_counted_at(decoded), event.suggestion_id, event.event_time_ms, name_of(event), first, tuple(more), list_id)
    return _trained(decoded, f"{said.origin}:outcome", said)


def _trained(decoded: Decoded, key: str, said: Training) -> Outgoing:
    record = decoded.record
    return Outgoing(TRAINING, 0, key.encode(), _JSON.encode(said), record.timestamp_ms, _trace(record))


def _out(topic: str, decoded: Decoded, value: bytes, headers: Headers = ()) -> Outgoing:
    record = decoded.record
    return Outgoing(topic, record.partition, decoded.customer.encode(), value, record.timestamp_ms, headers)


def _counted_at(decoded: Decoded) -> Origin:
    """Return the address by which memory and trainer count an event once.

    A replay keeps partition numbers and so keeps the origin. A record that was passed on from another partition arrives
    out of its origin's order, where they would take it for old: it counts under the address where it lies now.
    """
    record = decoded.record
    return decoded.origin if decoded.origin.partition == record.partition else Origin(record.topic, record.partition, record.offset)


def _cloud_event(decoded: Decoded) -> Headers:
    record = decoded.record
    time = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC).isoformat(timespec="milliseconds")
    headers: Headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(decoded.origin).encode()),
        ("ce_source", b"tsuide"),
        ("ce_type", SUGGESTIONS.encode()),
        ("ce_time", time.encode()),
        ("content-type", b"application/json"),
        (ORIGIN_HEADER, str(decoded.origin).encode()),
    )
    return (*headers, *_trace(record))


def _trace(record: Record) -> Headers:
    """Return the trace that the record came with, as it came: whoever sends the same again sends the same bytes."""
    trace = record.header(HEADER)
    return () if trace is None else ((HEADER, trace),)
