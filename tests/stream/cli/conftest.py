import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from stream.cli.app import app
from stream.cli.ending import run
from stream.cli.logs import log_no_more


class Ended(NamedTuple):
    """How a command ended: its exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


Tsuide = Callable[..., Ended]


def two_lines_then_ctrl_c(command: Sequence[str], **settings: str) -> tuple[list[Any], int, bytes]:
    """Return the first two lines of JSON that a command prints for ever, its exit code after Ctrl-C, and its complaints."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | settings)
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline()) for _ in range(2)]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    return lines, process.returncode, err


@pytest.fixture
def tsuide(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tsuide:
    """Run one command, with these settings and no others."""

    def command(*arguments: str, **settings: str) -> Ended:
        with monkeypatch.context() as environment:
            for name in ("KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL"):
                environment.delenv(name, raising=False)
            for name, value in settings.items():
                environment.setenv(name, value)
            capsys.readouterr()
            code = run(app, arguments)
            log_no_more()
        return Ended(code, *capsys.readouterr())

    return command
