"""Whether anybody asks for traces, and what it costs when nobody does."""

import subprocess
import sys
import threading

import pytest

from stream.errors import PackageMissing, SettingsError
from stream.tracing.export import LAST_SPANS_S, is_wanted, open_exporter

HERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "shop"}, False),
        (HERE, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (HERE | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (HERE | {"OTEL_SDK_DISABLED": "true"}, False),
        (HERE | {"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_traces_are_exported_where_the_variables_of_opentelemetry_say_so(environ: dict[str, str], wanted: bool):
    assert is_wanted(environ) is wanted


@pytest.mark.parametrize(
    ("variable", "value", "cure"),
    [("OTEL_TRACES_EXPORTER", "zipkin", "'otlp'"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "'http/protobuf'")],
)
def test_another_way_of_exporting_is_a_wrong_setting(variable: str, value: str, cure: str):
    with pytest.raises(SettingsError, match=f"{variable} is '{value}'.*{cure}"):
        open_exporter(HERE | {variable: value}, "tsuide-worker")


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(PackageMissing, match=r"pip install 'tsuide\[otel\]'"):
        open_exporter(HERE, "tsuide-worker")
    assert open_exporter({}, "tsuide-worker") is None


def test_where_nobody_asks_nothing_of_opentelemetry_is_loaded():
    # given what Faust and the client of Redis load by themselves where they find the package
    code = (
        "import sys\nimport faust, redis.asyncio\n"
        "def loaded(): return {name for name in sys.modules if name.startswith('opentelemetry')}\n"
        "before = loaded()\nimport stream.agents.worker, stream.agents.trainer, stream.gateway.serve\n"
        "print(sorted(loaded() - before))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_a_collector_that_is_away_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch):
    # given an exporter whose last spans never get through
    exporter = open_exporter(HERE, "tsuide-worker")
    assert exporter is not None
    monkeypatch.setattr("stream.tracing.export.LAST_SPANS_S", 0.05)
    never = threading.Event()
    monkeypatch.setattr(exporter._provider, "shutdown", never.wait)
    # when the process ends, then it does, long before anybody loses patience
    exporter.close()
    assert LAST_SPANS_S < 5
    never.set()


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "tsuide-worker"),
        ({"OTEL_SERVICE_NAME": "suggestions"}, "suggestions"),
        ({"OTEL_RESOURCE_ATTRIBUTES": "service.name=suggestions,deployment.environment=test"}, "suggestions"),
    ],
)
def test_the_process_has_its_own_name_unless_the_variables_give_one(environ: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch):
    for variable, value in environ.items():
        monkeypatch.setenv(variable, value)
    exporter = open_exporter(HERE | environ, "tsuide-worker")
    assert exporter is not None
    assert exporter._provider.resource.attributes["service.name"] == name
    monkeypatch.setattr("stream.tracing.export.LAST_SPANS_S", 10.0)
    exporter.close()
