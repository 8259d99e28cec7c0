import asyncio

from stream.cli.health import health
from stream.exits import FAILED, OK, USAGE
from stream.ops.health import Finding
from stream.ops.server import ops_server
from tests.stream.cli.conftest import Tsuide
from tests.support.servers import free_port


async def asked(tsuide: Tsuide, found: list[Finding], *arguments: str) -> tuple[int, str]:
    """Return how the command ends beside a process that finds this about itself; it listens everywhere."""

    async def check() -> list[Finding]:
        return found

    port = free_port()
    async with ops_server(f"127.0.0.1:{port}", sources=[], check=check):
        ended = await asyncio.to_thread(tsuide, health.__name__, *arguments, TSUIDE_OPS_LISTEN=f"0.0.0.0:{port}")
    return ended.code, ended.out


async def test_a_process_that_answers_lives_and_is_ready_where_nothing_keeps_it_from_working(tsuide: Tsuide) -> None:
    assert await asked(tsuide, []) == (OK, "ok\n")
    assert await asked(tsuide, [], "--ready") == (OK, "ok\n")
    assert await asked(tsuide, [], "--ready", "--json") == (OK, '{"well":true,"status":"ok","reasons":[]}\n')


async def test_a_process_that_catches_up_lives_but_is_not_ready_and_says_why(tsuide: Tsuide) -> None:
    behind = [Finding("unready", "catches up")]
    assert await asked(tsuide, behind) == (OK, "ok\n")
    assert await asked(tsuide, behind, "--ready") == (FAILED, "unready\ncatches up\n")


def test_nobody_there_is_not_well(tsuide: Tsuide) -> None:
    ended = tsuide("health", TSUIDE_OPS_LISTEN=f"127.0.0.1:{free_port()}")
    assert (ended.code, ended.out.splitlines()[0]) == (FAILED, "no answer")


def test_without_an_address_there_is_nobody_to_ask(tsuide: Tsuide) -> None:
    assert tsuide("health").code == USAGE
    assert "TSUIDE_OPS_LISTEN" in tsuide("health", TSUIDE_OPS_LISTEN="127.0.0.1:0").err
