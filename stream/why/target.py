"""The suggestion that is asked about: what was published, of whom, when, and by which model."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from online_models.ranker import Weights
from stream.archive.kept import Kept, Part
from stream.archive.wanted import Wanted
from stream.contracts.consent import Consent
from stream.contracts.ids import Customer, Origin
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CONSENT, INPUTS, MODELS, SUGGESTIONS
from stream.contracts.training import ModelRecord
from stream.engine.decode import Decoded, decode
from stream.engine.record import ORIGIN_HEADER, Record, TopicPartition
from stream.engine.who import Pseudonymise
from stream.errors import CustomerForgotten, CustomerOptedOut, ModelGone, SuggestionUnknown
from stream.transport.newest import LOOK_BACK

ANSWERED_WITHIN_MS = 20 * 60 * 1_000  # a worker answers what is at most as old as a suggestion lives, 15 minutes
_SUGGESTION = msgspec.json.Decoder(Suggestion)
_CONSENT = msgspec.json.Decoder(Consent)
_MODEL = msgspec.json.Decoder(ModelRecord)


class Target(Struct, frozen=True):
    """One suggestion. `at_ms`: the timestamp of the record that caused it.

    `published`: as it was sent, with `weights` of the model that it names; both None where the past holds no suggestions at all.
    """

    suggestion_id: str
    customer: Customer
    at_ms: int
    published: Suggestion | None
    weights: Weights | None


async def find(past: Kept, suggestion_id: str, pseudonymise: Pseudonymise) -> Target:
    """Return what is asked about. Reads the past's suggestions, consents, and the models around the moment.

    Raises:
        SuggestionUnknown: it was never published.
        CustomerOptedOut, CustomerForgotten: its customer does not want it to be kept any more.
        ModelGone: the model that it names is not there.
    """
    try:
        origin = Origin.parse(suggestion_id)
    except ValueError:
        raise SuggestionUnknown(
            f"{suggestion_id!r} is no id of a suggestion: they are topic:partition:offset of the event, as shop.cart.v1:3:4711."
        ) from None
    cause = await _cause(past, origin)
    any_there, published = await _published(past, suggestion_id, since_ms=None if cause is None else cause.timestamp_ms)
    if published is not None:
        customer, at_ms = Customer(published.customer), published.created_ms
    elif any_there:
        raise SuggestionUnknown(
            f"{suggestion_id} is not among the suggestions: it was never published, or Kafka has let go of it (after a day); an archive of "
            "that day (`tsuide export`) would have it."
        )
    else:
        customer, at_ms = _by_whom(cause, suggestion_id, pseudonymise)
    await _ask_his_will(past, customer, at_ms, pseudonymise)
    weights = None if published is None else await _weights(past, published.model_version, at_ms)
    return Target(suggestion_id, customer, at_ms, published, weights)


def is_cause(record: Record, suggestion_id: str) -> bool:
    """Return whether the record is the one that the suggestion is named after."""
    origin = record.header(ORIGIN_HEADER)
    return (record.address if origin is None else origin.decode(errors="replace")) == suggestion_id


async def _cause(past: Kept, origin: Origin) -> Record | None:
    """Return the record that the suggestion is named after; Kafka is only read where it should lie."""
    at, named = TopicPartition(origin.topic, origin.partition), str(origin)
    part = Part(INPUTS, wanted=lambda record: is_cause(record, named))
    if at.topic in INPUTS:
        part = replace(part, topics=(at.topic,), offsets={at: origin.offset}, only={at.topic: (at.partition,)})
    async with past.read(part) as records:
        return await anext(records, None)


async def _published(past: Kept, suggestion_id: str, *, since_ms: int | None) -> tuple[bool, Suggestion | None]:
    """Return whether there are suggestions, and this one as it was first sent; one has the timestamp of its cause."""
    any_there, named = False, suggestion_id.encode()

    def wanted(record: Record) -> bool:
        nonlocal any_there
        any_there = True
        return record.value is not None and named in record.value

    async with past.read(Part((SUGGESTIONS,), since_ms=since_ms, wanted=wanted)) as records:
        async for record in records:
            said = _SUGGESTION.decode(record.value or b"")
            if said.suggestion_id == suggestion_id:
                return True, said
    return any_there or await holds(past, SUGGESTIONS), None


async def holds(past: Kept, topic: str) -> bool:
    """Return whether the past has any record of a topic."""
    async with past.read(Part((topic,))) as records:
        return await anext(records, None) is not None


def _by_whom(cause: Record | None, suggestion_id: str, pseudonymise: Pseudonymise) -> tuple[Customer, int]:
    read = None if cause is None else decode(cause, pseudonymise)
    if cause is None or not isinstance(read, Decoded):
        raise SuggestionUnknown(f"There is no event {suggestion_id}, and no suggestion of that name: is it the log of that time?")
    return Customer(read.customer), cause.timestamp_ms


async def _ask_his_will(past: Kept, customer: Customer, at_ms: int, pseudonymise: Pseudonymise) -> None:
    """Raise where the customer took back, then or later, that something is kept of him."""
    own = Wanted(from_ms=at_ms, customers=frozenset({customer}), pseudonymise=pseudonymise)
    async with past.read(Part((CONSENT,), since_ms=at_ms, wanted=own.has)) as records:
        async for record in records:
            choice = _CONSENT.decode(record.value or b"").choice
            if choice == "opt_out":
                raise CustomerOptedOut(f"{customer} has opted out since: nothing is kept, and nothing is shown of what was before.")
            if choice == "forget":
                raise CustomerForgotten(f"{customer} wished to be forgotten: nothing is shown of what was before.")


async def _weights(past: Kept, version: int, at_ms: int) -> Weights:
    if version < 0:
        return Weights.start()
    async with past.read(Part((MODELS,), since_ms=at_ms, earlier={MODELS: LOOK_BACK})) as records:
        async for record in records:
            model = _MODEL.decode(record.value or b"")
            if model.learnt_to == version:
                return Weights.of(model)
            if record.timestamp_ms > at_ms + ANSWERED_WITHIN_MS:
                break
    raise ModelGone(f"Model {version}, by which it was scored, is not in {MODELS}, where Kafka keeps models for 30 days: give an archive.")
