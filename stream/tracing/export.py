"""Where spans go: to the OTLP endpoint that the OTEL_* variables name, and nowhere where they name none."""

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from stream.errors import PackageMissing, SettingsError
from stream.version import release

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
NAMES = ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES")
LAST_SPANS_S = 2.0  # what the last spans may take to leave: the orderly end has a deadline, and spans are not worth missing it
MISSING = "The OTEL_* variables ask for traces, which need OpenTelemetry: pip install 'tsuide[otel]', or set OTEL_SDK_DISABLED=true."


class Exporter:
    """Sends spans in batches from a thread of its own; a collector that is away costs spans, and the stream nothing."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider

    @property
    def tracer(self) -> "Tracer":
        """What makes spans."""
        return self._provider.get_tracer("tsuide")

    def close(self) -> None:
        """Send what is left, for two seconds at most. Blocks."""
        ending = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        ending.start()
        ending.join(LAST_SPANS_S)


def open_exporter(environ: Mapping[str, str], service: str) -> Exporter | None:
    """Return where this process's spans go, or None where nobody asks for any; then nothing of OpenTelemetry is loaded.

    The SDK reads sampler, headers, batching and limits from its own OTEL_* variables.

    Raises:
        PackageMissing: spans are asked for, and the extra `otel` is not installed.
        SettingsError: another exporter or protocol than OTLP over HTTP is asked for.
    """
    if not is_wanted(environ):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as fault:
        raise PackageMissing(MISSING) from fault
    named = {} if any("service.name" in environ.get(name, "") or environ.get(NAMES[0]) for name in NAMES) else {"service.name": service}
    provider = TracerProvider(resource=Resource.create(named | {"service.version": release()}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Exporter(provider)


def is_wanted(environ: Mapping[str, str]) -> bool:
    """Return whether the OTEL_* variables ask for traces. Raises SettingsError where they ask for what there is not."""
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return False
    if exporter not in ("", "otlp"):
        raise SettingsError(f"OTEL_TRACES_EXPORTER is {exporter!r}: tsuide exports by 'otlp', or 'none'.")
    if not (exporter or any(environ.get(name) for name in ENDPOINTS)):
        return False
    for name in PROTOCOLS:
        if environ.get(name, "http/protobuf") not in ("", "http/protobuf"):
            raise SettingsError(f"{name} is {environ[name]!r}: tsuide exports over 'http/protobuf', port 4318 of most collectors.")
    return True
