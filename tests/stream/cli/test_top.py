import asyncio
import sys

import pytest

from stream.exits import AWAY, OK, USAGE
from tests.stream.cli.conftest import Tsuide, two_lines_then_ctrl_c
from tests.support.servers import free_port, make_topics
from tests.support.terminal import OnTerminal

PARTITIONS = 2
COMMAND = [sys.executable, "-m", "stream.cli", "top", "--every", "0.2"]
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"  # a terminal's second screen


@pytest.fixture
def shop(kafka: str, redis_url: str) -> dict[str, str]:
    """The settings of a shop in which nothing happens."""
    asyncio.run(make_topics(kafka, partitions=PARTITIONS))
    return {"KAFKA_BOOTSTRAP_SERVERS": kafka, "REDIS_URL": redis_url, "TSUIDE_PREFIX": "top", "TSUIDE_GROUP": "top"}


def test_where_nobody_looks_at_a_terminal_one_picture_is_printed_without_colours(tsuide: Tsuide, shop: dict[str, str]) -> None:
    ended = tsuide("top", "--every", "0.2", **shop)
    assert (ended.code, ended.err) == (OK, "")
    assert "\x1b" not in ended.out
    assert "set TSUIDE_OPS_LISTEN for them" in ended.out
    assert ended.out.count("NO_COMMIT") == 3 * PARTITIONS + 1  # every partition of three inputs and of training


def test_programs_get_a_line_of_json_which_names_an_address_that_is_silent(tsuide: Tsuide, shop: dict[str, str]) -> None:
    silent = f"127.0.0.1:{free_port()}"
    look = tsuide("top", "--every", "0.2", "--json", "--once", "--metrics", silent, **shop).json
    assert (look["lag"], len(look["partitions"])) == (0, 3 * PARTITIONS + 1)
    assert look["metrics"]["told"] == [{"address": silent, "kind": None, "ready": None, "fault": "does not answer"}]
    assert look["metrics"]["wait_s"] is None


def test_lines_of_json_come_until_ctrl_c_which_ends_them_well(shop: dict[str, str]) -> None:
    (first, second), code, err = two_lines_then_ctrl_c([*COMMAND, "--json"], **shop)
    assert first["at_ms"] + 200 <= second["at_ms"]
    assert (code, err) == (OK, b"")


def test_on_a_terminal_it_draws_on_a_screen_of_its_own_and_gives_the_former_one_back(shop: dict[str, str]) -> None:
    terminal = OnTerminal(COMMAND, columns=100, lines=30, **shop)
    terminal.wait_for(b"partitions, worst first")
    assert terminal.interrupt() == OK
    assert terminal.seen.index(ENTER) < terminal.seen.index(b"looks twice") < terminal.seen.rindex(LEAVE)
    assert b"Traceback" not in terminal.seen


def test_an_address_that_is_none_ends_with_2_and_a_kafka_that_is_away_with_4(tsuide: Tsuide) -> None:
    wrong = tsuide("top", "--metrics", "http://worker:9464/metrics")
    assert (wrong.code, "host:port" in wrong.err) == (USAGE, True)
    away = tsuide("top", "--once", KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}")
    assert (away.code, "KAFKA_BOOTSTRAP_SERVERS" in away.err) == (AWAY, True)
