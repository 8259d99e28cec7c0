"""Where a store is, and how to speak to it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class RedisAddress(Struct, frozen=True):
    """A url, and what does not stand in it: redis-py's own options, the password among them, which are never printed."""

    url: str
    options: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        return f"RedisAddress({len(self.options)} options)"
