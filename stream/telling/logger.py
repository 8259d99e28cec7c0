"""What the code says while it runs: events with fields, through the standard library's loggers, whoever prints them."""

import logging
from collections.abc import Sequence
from typing import Any, Protocol

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter, filter_by_level

from stream.tracing.context import HEADER, trace_of


class Addressed(Protocol):
    """A record of ours or of the broker's client: anything that has an address."""

    @property
    def topic(self) -> str:
        """Its topic."""

    @property
    def partition(self) -> int:
        """Its partition's number."""

    @property
    def offset(self) -> int:
        """Where it stands in the partition."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """Its headers."""


def logger_of(module: str) -> BoundLogger:
    """Return the logger of a module: `log.warning("record passed over", **at(record), error=str(fault))`.

    The event is a short message that stays the same, so that it can be searched for and counted; whatever differs is a field. It is
    named by itself and depends on no global configuration: where nothing was set up, the standard library's last resort prints it.
    """
    logger: BoundLogger = structlog.wrap_logger(
        logging.getLogger(module),
        processors=[filter_by_level, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        cache_logger_on_first_use=True,
    )
    return logger


def at(record: Addressed | None) -> dict[str, Any]:
    """Return the fields of a record's address, and of its trace where it came with one; none where there is no record."""
    if record is None:
        return {}
    trace = next((found for name, value in record.headers if name == HEADER and (found := trace_of(value))), None)
    address = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    return address if trace is None else address | {"trace_id": f"{trace.trace_id:032x}"}
