import time
from typing import Any

import jwt
import pytest

from stream.contracts.ids import Customer
from stream.gateway.problems import Refused
from stream.gateway.tokens import ALGORITHM, AUDIENCE, Tokens, needs_all
from tests.support.asking import Asking
from tests.support.gateway import TOKEN_SECRET, customer, token_of

SECRET = b"a secret of this test's tokens"
ANA = Customer("k1:" + 64 * "a")
NOW_S = 1_763_780_000.0


def code_of(token: str, *, now_s: float = NOW_S) -> str:
    with pytest.raises(Refused) as refused:
        Tokens(SECRET, 900).read(token, now_s=now_s)
    assert refused.value.status == 401
    assert refused.value.headers["WWW-Authenticate"] == f'Bearer error="{refused.value.code}"'
    return refused.value.code


def forged(claims: dict[str, Any], *, algorithm: str = ALGORITHM) -> str:
    """Return a token signed with the right key, that says something else."""
    says = {"sub": ANA, "aud": AUDIENCE, "iat": NOW_S, "exp": NOW_S + 900, "scope": "all"} | claims
    key = "" if algorithm == "none" else Tokens(SECRET, 900)._key
    return jwt.encode({name: value for name, value in says.items() if value is not None}, key, algorithm)  # type: ignore[arg-type]


def test_a_token_says_whose_it_is_and_until_when():
    tokens = Tokens(SECRET, 900)
    token, expires_s = tokens.issue(ANA, now_s=NOW_S)
    claims = tokens.read(token, now_s=NOW_S + 899)
    assert (claims.customer, claims.issued_s, claims.expires_s, claims.scope, expires_s) == (ANA, NOW_S, NOW_S + 900, "all", NOW_S + 900)


def test_a_token_ends_with_its_life():
    token, _ = Tokens(SECRET, 900).issue(ANA, now_s=NOW_S)
    assert code_of(token, now_s=NOW_S + 900) == "token_expired"


def test_what_another_key_signed_is_no_token():
    assert code_of(Tokens(b"another secret, as long", 900).issue(ANA, now_s=NOW_S)[0]) == "token_invalid"


@pytest.mark.parametrize(
    "claims",
    [{"aud": "somebody else"}, {"aud": None}, {"sub": None}, {"sub": 7}, {"exp": None}, {"exp": "soon"}, {"iat": None}, {"scope": None}],
    ids=str,
)
def test_a_token_that_says_too_little_or_is_for_somebody_else_is_refused(claims: dict[str, Any]):
    assert code_of(forged(claims)) == "token_invalid"


@pytest.mark.parametrize(
    "token", ["", "x", "x.y.z", "\x00", "é.é.é", forged({}, algorithm="none")], ids=["empty", "x", "xyz", "0", "é", "none"]
)
def test_what_is_not_signed_is_no_token(token: str):
    assert code_of(token) == "token_invalid"


def test_a_token_for_the_way_back_opens_nothing_else():
    tokens = Tokens(SECRET, 900)
    claims = tokens.read(tokens.issue(ANA, now_s=NOW_S, scope="consent")[0], now_s=NOW_S)
    with pytest.raises(Refused, match="opted out") as refused:
        needs_all(claims)
    assert (refused.value.status, refused.value.code) == (403, "opted_out")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (token_of(customer("ana"), now_s=time.time() - 900), "token_expired"),
        (token_of(customer("ana"), secret="what another gateway signs with"), "token_invalid"),
        (
            jwt.encode({"sub": "k1:x", "aud": "shop", "iat": 1, "exp": 9e9, "scope": "all"}, Tokens(TOKEN_SECRET.encode(), 1)._key),
            "token_invalid",
        ),
    ],
    ids=["expired", "foreign", "audience"],
)
@pytest.mark.parametrize("path", ["GET /v1/suggestions", "GET /v1/suggestions/current", "POST /v1/events", "POST /v1/consent"])
async def test_a_bad_token_opens_nothing(gate: Asking, path: str, token: str, code: str):
    method, _, at = path.partition(" ")
    answer = await gate.ask(method, at, {"events": []} if method == "POST" else None, by=token)
    assert (answer.status, answer.said["code"]) == (401, code)
