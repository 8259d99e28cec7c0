import pytest
from aiohttp.test_utils import make_mocked_request

from stream.contracts.ids import Customer
from stream.gateway.callers import Callers, Shop
from stream.gateway.problems import Refused
from stream.gateway.tokens import Claims, Tokens
from stream.gateway.will import OptOuts

KEY = "the key of this shop"
ANA = Customer("k1:" + 64 * "a")
NOW_S = 1_795_000_000.0
TOKENS = Tokens(b"a secret of this test's tokens", 900)
TOKEN = TOKENS.issue(ANA, now_s=NOW_S)[0]


@pytest.fixture
def callers() -> Callers:
    return Callers(TOKENS, KEY.encode(), OptOuts(), clock=lambda: NOW_S)


def showing(authorization: str | None) -> object:
    return make_mocked_request("POST", "/v1/events", headers={} if authorization is None else {"Authorization": authorization})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_shop_and_its_customers_are_told_apart(callers: Callers, scheme: str):
    assert isinstance(callers.either(showing(f"{scheme} {KEY}")), Shop)
    claims = callers.either(showing(f"{scheme} {TOKEN}"))
    assert isinstance(claims, Claims)
    assert claims.customer == ANA


@pytest.mark.parametrize(
    "shown", [f"Bearer {TOKEN}", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", f"Basic {KEY}", KEY, "Bearer", "Bearer ", "Bearer é", None]
)
def test_only_the_key_is_the_key(callers: Callers, shown: str | None):
    with pytest.raises(Refused) as refused:
        callers.shop(showing(shown))
    assert refused.value.code == ("key_invalid" if shown and shown.startswith("Bearer ") and len(shown) > 7 else "key_missing")
    assert KEY not in str(refused.value)


def test_the_header_goes_before_the_body(callers: Callers):
    assert callers.customer(showing(None), TOKEN).customer == ANA
    with pytest.raises(Refused) as refused:
        callers.customer(showing("Bearer x.y.z"), TOKEN)
    assert refused.value.code == "token_invalid"


def test_the_shops_key_is_no_customers_token_and_none_in_a_body(callers: Callers):
    for authorization, in_body in ((f"Bearer {KEY}", None), (None, KEY)):
        with pytest.raises(Refused) as refused:
            callers.customer(showing(authorization), in_body)
        assert refused.value.code == "token_invalid"
    with pytest.raises(Refused):
        callers.either(showing(None), KEY)


def test_a_token_from_before_an_opt_out_is_void():
    opt_outs = OptOuts()
    callers = Callers(TOKENS, KEY.encode(), opt_outs, clock=lambda: NOW_S)
    assert callers.customer(showing(f"Bearer {TOKEN}")).customer == ANA
    opt_outs.heard(ANA, "opt_out", NOW_S)
    with pytest.raises(Refused) as refused:
        callers.customer(showing(f"Bearer {TOKEN}"))
    assert refused.value.code == "token_void"
