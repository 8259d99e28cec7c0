import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import NamedTuple

import aiohttp
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from jsonschema_rs import ValidationError
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stream.gateway.openapi import document
from stream.gateway.tokens import Tokens
from tests.support.asking import Asking
from tests.support.gateway import SHOP_KEY, TOKEN_SECRET, customer, gateway_settings, open_gateway

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "400"))  # in all
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    allow_header_conformance,
]
CASE_S = 10
TOKEN_S, STREAM_S = 900, 0.03  # a token of the last 30 ms lets a stream last no longer
API = schemathesis.openapi.from_dict(document())
OPERATIONS = [result.ok() for result in API.get_all_operations()]
SHARES = {"POST /v1/events": 8, "POST /v1/token": 3, "POST /v1/consent": 3, "GET /v1/suggestions": 1}  # the others have no input to vary
_numbers = itertools.count()


class Who(NamedTuple):
    """Somebody who asks."""

    name: str

    def shows(self, life_s: float) -> dict[str, str]:
        """Return the header that he sends now; each customer is a new one, for whom nobody has chosen yet."""
        tokens = Tokens(TOKEN_SECRET.encode(), TOKEN_S)
        whose, issued_s = customer(f"fuzz {next(_numbers)}"), time.time() - TOKEN_S + life_s
        shown = {
            "nobody": "",
            "stranger": "Bearer x.y.z",
            "shop": f"Bearer {SHOP_KEY}",
            "customer": f"Bearer {tokens.issue(whose, now_s=issued_s)[0]}",
            "opted out": f"Bearer {tokens.issue(whose, now_s=time.time(), scope='consent')[0]}",
        }[self.name]
        return {"Authorization": shown} if shown else {}


WHO = [Who("customer"), Who("shop"), Who("opted out"), Who("nobody"), Who("stranger")]


@pytest.fixture
async def generous(topics: str, redis_url: str, http: aiohttp.ClientSession) -> AsyncIterator[Asking]:
    """A gateway that never finds that somebody asks too often."""
    async with open_gateway(gateway_settings(topics, redis_url, prefix="openapi", requests_per_minute=1_000_000)) as running:
        yield Asking(running, http, topics)


def test_the_document_is_openapi_and_a_wrong_one_would_be_found():
    API.validate()
    with pytest.raises(ValidationError, match="7 is not of type"):
        schemathesis.openapi.from_dict(document() | {"paths": {"/v1/events": {"post": {"responses": 7}}}}).validate()


async def test_the_document_is_served_with_the_version(gate: Asking):
    answer = await gate.ask("GET", "/openapi.json")
    assert (answer.status, answer.said) == (200, document())
    assert answer.said["info"]["version"] == version("tsuide")


async def test_every_route_of_the_api_is_in_the_document(gate: Asking):
    routes = {(resource.canonical, route.method) for resource in gate.gateway.application().router.resources() for route in resource}
    documented = {(path, method.upper()) for path, methods in document()["paths"].items() for method in methods}
    api = {(path, method) for path, method in routes if method != "HEAD" and not path.startswith("/client")}
    assert api == documented


@pytest.mark.timeout(3_600)
# The loop of the gateway, beside which the cases are made up, has random numbers of its own.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
async def test_whatever_is_sent_is_answered_as_the_document_says(generous: Asking):
    began_s, tried = time.monotonic(), Counter[str]()
    share = CASES / (sum(SHARES.values()) * len(WHO) * len(GenerationMode))
    # when everybody sends what fits the document and what does not
    for operation, who in itertools.product(OPERATIONS, WHO):
        for mode in GenerationMode if operation.label in SHARES else (GenerationMode.POSITIVE,):
            count = max(1, round(share * SHARES.get(operation.label, 1)))
            await asyncio.to_thread(_try_out, generous.url, operation, who, mode, count, tried)
    # then each answer was one that the document knows, and not only refusals were seen
    print(f"{tried.total()} cases in {time.monotonic() - began_s:.0f} s: {dict(sorted(tried.items()))}")
    assert {"200", "400", "401"} <= {answered.split()[-1] for answered in tried}


def _try_out(url: str, operation: APIOperation, who: Who, mode: GenerationMode, count: int, tried: Counter[str]) -> None:
    """Send `count` requests that fit the document, or (negative mode) do not, and hold each answer against it."""

    life_s = STREAM_S if operation.label == "GET /v1/suggestions" else CASE_S

    @given(case=operation.as_strategy(generation_mode=mode))
    @examples(
        max_examples=count, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
    )
    def one(case: Case) -> None:
        answer = case.call(base_url=url, headers=who.shows(life_s), timeout=CASE_S)
        tried[f"{operation.label} {answer.status_code}"] += 1
        case.validate_response(answer, checks=CHECKS)

    one()
