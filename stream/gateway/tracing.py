"""The W3C trace context, handed on from a request to the records that it causes."""

import re
from collections.abc import Mapping

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_of(headers: Mapping[str, str]) -> tuple[tuple[str, bytes], ...]:
    """Return the headers of the records: the request's `traceparent` where it is one, else none."""
    given = headers.get("traceparent", "")
    return (("traceparent", given.encode()),) if _TRACEPARENT.fullmatch(given) else ()
