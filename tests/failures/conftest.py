"""The fixtures of these tests, as pytest finds them."""

from tests.support.floor import crew, shop, store

__all__ = ["crew", "shop", "store"]
