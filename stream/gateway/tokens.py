"""Tokens: a signed, short-lived statement of who a browser speaks for."""

import hashlib
from http import HTTPStatus
from typing import Literal

import jwt
from msgspec import Struct

from stream.contracts.ids import Customer
from stream.gateway.problems import Refused, unauthorized

AUDIENCE = "tsuide"
ALGORITHM = "HS256"
REQUIRED = ["sub", "aud", "iat", "exp", "scope"]
Scope = Literal["all", "consent"]  # consent: of somebody who opted out; he may come back, nothing else


class Claims(Struct, frozen=True):
    """What a token says: whose it is, and from when to when (seconds since 1970)."""

    customer: Customer
    issued_s: float
    expires_s: float
    scope: Scope


class Tokens:
    """Issues and reads tokens (JWT, HS256). The pseudonym is all that is in them of the customer."""

    def __init__(self, secret: bytes, life_s: int) -> None:
        self._key, self.life_s = hashlib.sha256(secret).digest(), life_s  # HS256 wants 32 bytes

    def issue(self, customer: Customer, *, now_s: float, scope: Scope = "all") -> tuple[str, float]:
        """Return a token and when it expires, in seconds since 1970."""
        expires_s = now_s + self.life_s
        claims = {"sub": customer, "aud": AUDIENCE, "iat": now_s, "exp": expires_s, "scope": scope}
        return jwt.encode(claims, self._key, ALGORITHM), expires_s

    def read(self, token: str, *, now_s: float) -> Claims:
        """Return what the token says.

        Raises:
            Refused: 401 `token_expired`, or `token_invalid` where signature, audience, form or time of issue are wrong.
        """
        try:
            # The clock is ours: PyJWT would ask the machine's own.
            says = jwt.decode(
                token, self._key, [ALGORITHM], audience=AUDIENCE, options={"require": REQUIRED, "verify_exp": False, "verify_iat": False}
            )
            claims = Claims(Customer(says["sub"]), float(says["iat"]), float(says["exp"]), "all" if says["scope"] == "all" else "consent")
        except (jwt.PyJWTError, TypeError, ValueError) as fault:
            raise unauthorized("token_invalid", "The token is not one of this gateway: ask the shop's backend for a new one.") from fault
        if now_s >= claims.expires_s:
            raise unauthorized("token_expired", "The token has expired: ask the shop's backend for a new one.")
        return claims


def needs_all(claims: Claims) -> Claims:
    """Return `claims`. Raises Refused 403 `opted_out` where they are good for the consent alone."""
    if claims.scope != "all":
        raise Refused(HTTPStatus.FORBIDDEN, "opted_out", "This customer has opted out: only POST /v1/consent is open, to come back.")
    return claims
