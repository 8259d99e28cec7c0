import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from features.errors import DamagedValue, StoreAway
from online_models.policy.errors import PolicyError
from stream.cli.ending import run
from stream.errors import BrokerAway, LogError, SettingsError, TopicsDiffer
from stream.exits import AWAY, FAILED, INTERNAL, INTERRUPTED, OK, USAGE
from tests.stream.cli.conftest import Tsuide


def app_that(ends: Callable[[], object]) -> typer.Typer:
    app = typer.Typer()
    app.command()(lambda: ends())
    return app


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("a"), USAGE),
        (BrokerAway("a"), AWAY),
        (StoreAway("a"), AWAY),
        (TopicsDiffer("a"), FAILED),
        (LogError("log", 3, "a"), FAILED),
        (DamagedValue("a"), FAILED),
        (PolicyError("a"), FAILED),
        (KeyError("a"), INTERNAL),
        (KeyboardInterrupt(), INTERRUPTED),
    ],
)
def test_every_error_has_its_exit_code(error: BaseException, code: int) -> None:
    assert run(app_that(raising(error)), []) == code


def test_a_command_ends_with_what_it_returns_and_with_0_where_it_returns_nothing() -> None:
    assert run(app_that(lambda: 3), []) == 3
    assert run(app_that(lambda: None), []) == OK


def test_an_error_is_one_line_on_standard_error_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    run(app_that(raising(BrokerAway("Kafka is away: start it."))), [])
    assert capsys.readouterr() == ("", "tsuide: Kafka is away: start it.\n")


def test_a_fault_of_ours_tells_how_to_see_the_traceback_and_debug_shows_it(tsuide: Tsuide, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stream.cli.setting.settings", raising(KeyError("a")))
    plain, debug = tsuide("topics", "describe"), tsuide("--debug", "topics", "describe")
    assert (plain.code, debug.code) == (INTERNAL, INTERNAL)
    assert "tsuide --debug" in plain.err
    assert "Traceback" not in plain.err
    assert "Traceback" in debug.err


@pytest.mark.parametrize("arguments", [("topix",), ("topics", "check", "--nope"), ("catalog", "import"), ("--nope",)])
def test_wrong_use_ends_with_2_and_names_the_help(tsuide: Tsuide, arguments: tuple[str, ...]) -> None:
    ended = tsuide(*arguments)
    assert ended.code == USAGE
    assert "--help`" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_an_unknown_setting_ends_with_2_and_names_the_nearest(tsuide: Tsuide) -> None:
    ended = tsuide("topics", "describe", TSUIDE_PARTITION="3")
    assert (ended.code, ended.out) == (USAGE, "")
    assert "did you mean TSUIDE_PARTITIONS?" in ended.err


def test_every_command_has_help_with_an_example_and_its_exit_codes(tsuide: Tsuide) -> None:
    commands = [("doctor",), ("lag",), ("load",), ("asyncapi",), ("suggest",), ("evaluate",), ("policy", "check")]
    commands += [("topics", name) for name in ("create", "check", "describe")] + [("catalog", name) for name in ("import", "withdraw")]
    for command in commands:
        ended = tsuide(*command, "--help")
        assert ended.code == OK
        assert f"Example: {'' if command[-1] != 'create' else 'TSUIDE_PARTITIONS=12 '}tsuide {' '.join(command)}" in ended.out, command
        assert "Exit codes: 0" in ended.out, command


def test_without_a_terminal_nothing_is_coloured(tsuide: Tsuide) -> None:
    ended = [tsuide("topics", "describe"), tsuide("doctor", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1", REDIS_URL="redis://127.0.0.1:1/0")]
    assert all("\x1b" not in one.out + one.err for one in ended)


def test_help_loads_no_library_of_the_stream() -> None:
    code = (
        "import sys\nfrom stream.cli.app import app\nfrom stream.cli.ending import run\nrun(app, ['--help'])\n"
        "print(sorted({'aiokafka', 'faust', 'redis', 'numpy', 'river', 'matplotlib'} & set(sys.modules)), file=sys.stderr)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stderr == "[]\n"


def test_ctrl_c_ends_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    # given a command that reads a log which never ends
    log = tmp_path / "log"
    os.mkfifo(log)
    command = [sys.executable, "-m", "stream.cli", "suggest", "tea", "--events", str(log)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with log.open("wb"):  # opens as soon as the command reads
        # when it is interrupted
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    # then it ends at once and says nothing
    assert (process.returncode, out, err) == (INTERRUPTED, b"", b"")


def test_the_version_is_one_line(tsuide: Tsuide) -> None:
    ended = tsuide("--version")
    assert (ended.code, ended.out.split()[0].strip(","), len(ended.out.splitlines())) == (OK, "tsuide", 1)
