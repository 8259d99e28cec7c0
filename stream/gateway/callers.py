"""Who asks: a customer's browser by its token, or the shop's backend by its key."""

import hmac
import time
from http import HTTPStatus

from aiohttp import web
from msgspec import Struct

from stream.gateway.allowance import Allowance
from stream.gateway.keys import Clock
from stream.gateway.problems import Refused, unauthorized
from stream.gateway.tokens import Claims, Tokens
from stream.gateway.will import OptOuts

REQUESTS_A_MINUTE = 600  # of one customer, where the settings say nothing else
REFUSALS_A_MINUTE = 60  # of one address: beyond that it is told to wait


class Shop(Struct, frozen=True):
    """The shop's backend; it may speak of any customer."""


Caller = Claims | Shop


class Callers:
    """Tells who asks, and how often he may. All methods raise Refused: 401 with a code, or 429 with Retry-After.

    Whoever shows something good is served, however many refusals came from his address before: behind a proxy all have the same.
    """

    def __init__(
        self,
        tokens: Tokens,
        shop_key: bytes,
        opt_outs: OptOuts,
        *,
        requests_per_minute: int = REQUESTS_A_MINUTE,
        clock: Clock = time.time,
    ) -> None:
        self._tokens, self._shop_key, self._opt_outs, self._clock = tokens, shop_key, opt_outs, clock
        self._asked, self._refused = Allowance(requests_per_minute), Allowance(REFUSALS_A_MINUTE)

    def customer(self, request: web.Request, token_in_body: str | None = None) -> Claims:
        """Return whose token the request shows in its Authorization header, else in its body."""
        try:
            claims = self._claims(_bearer(request) or token_in_body)
        except Refused as refused:
            raise self._counted(request, refused) from None
        wait_s = self._asked.wait_s(claims.customer, self._clock())
        if wait_s:
            raise _too_many(wait_s, "This customer asks too often: send events in batches, and ask for lists once a page.")
        return claims

    def shop(self, request: web.Request) -> None:
        """Return if the request shows the shop's key."""
        shown = _bearer(request)
        if shown is None or not self._is_shop(shown):
            detail = "Send `Authorization: Bearer <the shop's key>`, from the shop's backend and never from a page."
            raise self._counted(request, unauthorized("key_missing" if shown is None else "key_invalid", detail))

    def either(self, request: web.Request, token_in_body: str | None = None) -> Caller:
        """Return the shop where the request shows its key, else whose token it shows."""
        shown = _bearer(request)
        if shown is not None and self._is_shop(shown):
            return Shop()
        return self.customer(request, token_in_body)

    def _claims(self, token: str | None) -> Claims:
        if token is None:
            raise unauthorized("token_missing", "Send `Authorization: Bearer <token>`; the shop's backend gets one from POST /v1/token.")
        claims = self._tokens.read(token, now_s=self._clock())
        self._opt_outs.refuse_void(claims)
        return claims

    def _is_shop(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(errors="surrogateescape"), self._shop_key)

    def _counted(self, request: web.Request, refused: Refused) -> Refused:
        wait_s = self._refused.wait_s(request.remote or "", self._clock())
        return _too_many(wait_s, "Too many requests with a bad token or key came from this address.") if wait_s else refused


def _bearer(request: web.Request) -> str | None:
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    return shown.strip() or None if scheme.lower() == "bearer" else None


def _too_many(wait_s: int, detail: str) -> Refused:
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", detail, {"Retry-After": str(wait_s)})
