"""The customer's will: POST /v1/consent, and what it means for tokens from that moment on."""

import math
import uuid
from collections import OrderedDict

import msgspec
from aiohttp import web
from msgspec import Struct

from stream.contracts.consent import Choice, Consent
from stream.contracts.ids import Customer
from stream.contracts.topics import CONSENT
from stream.contracts.web import ConsentAnswer, ConsentRequest
from stream.engine.record import Headers, Outgoing
from stream.gateway import keys
from stream.gateway.bodies import body_of, decoded
from stream.gateway.delivery import deliver
from stream.gateway.problems import unauthorized
from stream.gateway.times import refuse_time
from stream.gateway.tokens import Claims
from stream.gateway.tracing import traced
from stream.transport.partitions import partition_of

MOST_KNOWN = 100_000  # customers, 300 bytes each; beyond that the oldest news goes, of which the store knows by then
_REQUEST = msgspec.json.Decoder(ConsentRequest)


class _Heard(Struct, frozen=True):
    """The newest choice of a customer, and before when his tokens are void (seconds since 1970)."""

    choice: Choice
    at_s: float
    void_s: float = -math.inf


class OptOuts:
    """What was heard of opt_out, opt_in and forget lately, in any order: from the topic, a token's life back, and from POST /v1/consent."""

    def __init__(self, *, most_known: int = MOST_KNOWN) -> None:
        self._most = most_known
        self._heard: OrderedDict[Customer, _Heard] = OrderedDict()

    def heard(self, customer: Customer, choice: Choice, at_s: float) -> None:
        """Keep a choice, made at `at_s` (seconds since 1970); the newest one counts, however late an older one is heard."""
        before = self._heard.get(customer, _Heard(choice, -math.inf))
        newer = _Heard(choice, at_s) if at_s >= before.at_s else before
        void_s = before.void_s if choice == "opt_in" else max(at_s, before.void_s)
        self._heard[customer] = msgspec.structs.replace(newer, void_s=void_s)
        self._heard.move_to_end(customer)
        if len(self._heard) > self._most:
            self._heard.popitem(last=False)

    def refuse_void(self, claims: Claims) -> None:
        """Raise Refused 401 `token_void` where the token was issued before an opt_out or a forget.

        One of scope consent is never void: it shows nothing, and opens nothing but the way back.
        """
        heard = self._heard.get(claims.customer)
        if heard is not None and claims.scope == "all" and claims.issued_s <= heard.void_s:
            raise unauthorized("token_void", "The customer has decided anew since: ask the shop's backend for a new token.")

    def is_out(self, customer: Customer) -> bool | None:
        """Return whether the customer has opted out; None: nothing was heard lately, ask the store."""
        heard = self._heard.get(customer)
        return None if heard is None else heard.choice == "opt_out"


def add_routes(app: web.Application) -> None:
    """Serve POST /v1/consent."""
    app.router.add_post("/v1/consent", traced(consent))


async def consent(request: web.Request, headers: Headers) -> web.Response:
    """Write the customer's will into the log, then carry it out here at once; other gateways read it there."""
    app = request.app
    claims = app[keys.CALLERS].customer(request)
    wish = decoded(await body_of(request), _REQUEST)
    # Rounded up, so that no token that was issued before it counts as issued later.
    at_ms = math.ceil(app[keys.CLOCK]() * 1000)
    await deliver(app[keys.PRODUCER], [record_of(wish, claims.customer, at_ms, app[keys.SETTINGS].partitions, headers)])
    app[keys.OPT_OUTS].heard(claims.customer, wish.choice, at_ms / 1000)
    if wish.choice != "opt_in":
        app[keys.BOARD].drop(claims.customer)
        app[keys.SUBSCRIBERS].close_all_of(claims.customer, "opted_out")
    return web.Response(body=msgspec.json.encode(ConsentAnswer(wish.choice)), content_type="application/json")


def record_of(wish: ConsentRequest, customer: Customer, at_ms: int, partitions: int, headers: Headers = ()) -> Outgoing:
    """Return the record of a choice; id and time are made where the request has none. Raises Refused 400 for a time that cannot be."""
    event_time_ms = at_ms if wish.event_time_ms is None else wish.event_time_ms
    refuse_time(event_time_ms, at_ms)
    said = Consent(wish.event_id or uuid.uuid4().hex, event_time_ms, wish.choice, customer)
    return Outgoing(CONSENT, partition_of(customer, partitions), customer.encode(), msgspec.json.encode(said), at_ms, headers)
