"""What crosses the gateway's HTTP boundary: what a browser and the shop's backend send, and what they are answered."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from stream.contracts.consent import Choice
from stream.contracts.ids import EventTimeMs, IdText
from stream.contracts.suggestion import Context, SuggestedList, Suggestion

MAX_EVENTS = 500  # a request
Fate = Literal["accepted", "repeated", "refused", "opted_out"]


class Offer(Struct, frozen=True, omit_defaults=True):
    """A suggestion as a browser sees it: of its lists those that are the newest, and nothing that names the customer.

    `traceparent` is the W3C trace context of the event that caused it, where that came with one: a page's own spans may join it.
    """

    suggestion_id: IdText
    seq: int
    caused_by: str
    session_id: str
    context: Context
    created_ms: int
    expires_ms: int
    lists: tuple[SuggestedList, ...]
    model_version: int
    policy_version: str
    memory_version: int
    published_ms: int | None = None
    experiment: dict[str, str] = {}
    traceparent: str | None = None


class Current(Struct, frozen=True):
    """The newest unexpired lists. `last_event_id` is where a stream may resume; null when there is nothing yet."""

    offers: tuple[Offer, ...]
    last_event_id: str | None


class TokenRequest(Struct, frozen=True, omit_defaults=True):
    """The shop's backend asks for its customer: by the signed-in id, else by the client id."""

    user_id: IdText | None = None
    client_id: IdText | None = None


class TokenAnswer(Struct, frozen=True):
    """A token for one customer's browser. `opted_out`: it is good for POST /v1/consent and nothing else."""

    token: str
    expires_ms: int
    opted_out: bool


class ConsentRequest(Struct, frozen=True, omit_defaults=True):
    """The customer's will; id and time are made where they are missing."""

    choice: Choice
    event_id: IdText | None = None
    event_time_ms: EventTimeMs | None = None


class ConsentAnswer(Struct, frozen=True):
    """The will stands in the log and holds from now on; tokens issued before an opt_out or a forget are void."""

    choice: Choice


class EventAnswer(Struct, frozen=True, omit_defaults=True):
    """What became of one event, at the place that it had in the request; `problem` says what to do about a refused one."""

    fate: Fate
    event_id: str | None = None
    problem: str | None = None


class EventsAnswer(Struct, frozen=True):
    """One answer an event, in the request's order."""

    accepted: int
    events: tuple[EventAnswer, ...]


class Problem(Struct, frozen=True):
    """Why a request was refused (RFC 9457, application/problem+json). `code` is for programs, `detail` says what to do."""

    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    code: str
    detail: str


def offer_of(suggestion: Suggestion, lists: tuple[SuggestedList, ...], traceparent: str | None = None) -> Offer:
    """Return what a browser may see of `suggestion`, with these of its lists, and the trace that its record came with."""
    shown = {name: getattr(suggestion, name) for name in Offer.__struct_fields__ if name not in ("lists", "traceparent")}
    return Offer(lists=lists, traceparent=traceparent, **shown)
