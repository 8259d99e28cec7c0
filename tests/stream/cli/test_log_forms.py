"""What a long-running command writes on standard error when it cannot begin."""

import json
import sys

import pytest

from stream.exits import FAILED, USAGE
from tests.stream.cli.conftest import Tsuide
from tests.support.workers import SECRET

COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


def test_traces_without_their_package_end_the_worker_with_a_line_that_says_what_to_install(
    tsuide: Tsuide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    ended = tsuide("worker", TSUIDE_PSEUDONYM_SECRET=SECRET, **COLLECTOR)
    last = json.loads(ended.err.splitlines()[-1])
    assert (ended.code, last["event"], last["exit_code"], last["reason"]) == (FAILED, "process ends", FAILED, "PackageMissing")
    assert "pip install 'tsuide[otel]'" in last["error"]


def test_as_text_the_same_is_one_line_for_a_person(tsuide: Tsuide) -> None:
    ended = tsuide("worker", TSUIDE_PSEUDONYM_SECRET=SECRET, TSUIDE_LOG_FORMAT="text", OTEL_EXPORTER_OTLP_PROTOCOL="grpc", **COLLECTOR)
    assert (ended.code, ended.out) == (USAGE, "")
    assert ended.err.splitlines()[-1].startswith("tsuide: OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc'")


def test_a_wrong_form_is_a_wrong_setting(tsuide: Tsuide) -> None:
    ended = tsuide("worker", TSUIDE_PSEUDONYM_SECRET=SECRET, TSUIDE_LOG_FORMAT="xml")
    assert ended.code == USAGE
    assert "TSUIDE_LOG_FORMAT is 'xml' but must be one of auto, json, text" in ended.err
