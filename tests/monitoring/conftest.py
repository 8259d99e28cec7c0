"""The fixtures of these tests, as pytest finds them."""

from tests.support.floor import crew, settings, shop, store

__all__ = ["crew", "settings", "shop", "store"]
