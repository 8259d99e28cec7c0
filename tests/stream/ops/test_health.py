"""What a probe is told: ready or not, and why."""

import aiohttp
import pytest

from stream.errors import SettingsError
from stream.ops.health import Check, Finding, Standing, Verdict, of_standing, verdict
from stream.ops.server import ops_server
from tests.support.server import free_port

AT_WORK = {"assignments": 1, "partitions": 4, "waiting_for": None}


def standing(**differing: object) -> list[Finding]:
    return of_standing(Standing(**(AT_WORK | differing)))  # type: ignore[arg-type]


def finding(*findings: Finding) -> Check:
    async def check() -> list[Finding]:
        return list(findings)

    return check


def test_the_worst_finding_is_the_verdict_and_stands_first():
    found = [Finding("note", "a"), Finding("unready", "b"), Finding("degraded", "c")]
    assert verdict(found) == Verdict("unready", ("b", "c", "a"))
    assert verdict(found[:1]) == Verdict("ok", ("a",))
    assert verdict([]) == Verdict("ok")


def test_a_process_with_partitions_that_waits_for_nobody_is_ready():
    assert standing() == []


@pytest.mark.parametrize(
    ("differing", "level", "says"),
    [
        ({"assignments": 0, "partitions": 0}, "unready", "the group has given no partitions yet"),
        ({"partitions": 0}, "note", "stands by"),
        ({"waiting_for": "the store"}, "unready", "waits for the store"),
        ({"oldest_waiting_s": 901.0, "too_old_s": 900.0}, "unready", "its oldest record is 901 s old, and after 900 s none is answered"),
        ({"policy_fault": "line 3: no"}, "degraded", "the policy read before stays in use: line 3: no"),
    ],
)
def test_each_reason_is_told_in_words(differing: dict[str, object], level: str, says: str):
    [found] = standing(**differing)
    assert found.level == level
    assert says in found.reason


def test_a_worker_that_still_reads_is_not_blamed_for_having_no_partitions():
    assert standing(knows_all=False, assignments=0, partitions=0) == []


async def get(url: str, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as http, http.get(f"{url}{path}") as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ((), 200, {"status": "ok", "reasons": []}),
        ((Finding("degraded", "an old policy"),), 200, {"status": "degraded", "reasons": ["an old policy"]}),
        ((Finding("unready", "no Redis"),), 503, {"status": "unready", "reasons": ["no Redis"]}),
    ],
)
async def test_only_what_is_unready_is_refused_to_a_probe_and_it_is_alive_all_the_same(
    found: tuple[Finding, ...], status: int, said: dict[str, object]
):
    async with ops_server("127.0.0.1:0", sources=[], check=finding(*found)) as url:
        assert url is not None
        assert await get(url, "/health/ready") == (status, said)
        assert await get(url, "/health/live") == (200, {"status": "ok", "reasons": []})


async def test_health_that_cannot_be_told_is_told_as_unready():
    async def check() -> list[Finding]:
        raise ZeroDivisionError("asking")

    async with ops_server("127.0.0.1:0", sources=[], check=check) as url:
        assert url is not None
        status, said = await get(url, "/health/ready")
    assert (status, said["reasons"]) == (503, ["health could not be told: ZeroDivisionError; the log says more"])


async def test_without_an_address_nothing_is_served():
    async with ops_server("", sources=[], check=finding()) as url:
        assert url is None


async def test_an_address_that_is_taken_is_an_error_that_names_the_setting():
    address = f"127.0.0.1:{free_port()}"
    async with ops_server(address, sources=[], check=finding()):
        with pytest.raises(SettingsError, match=f"TSUIDE_OPS_LISTEN is {address}"):
            async with ops_server(address, sources=[], check=finding()):
                pass
