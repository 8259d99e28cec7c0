import json
from collections.abc import Callable
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
