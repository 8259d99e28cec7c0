"""The questions that every basket asks: one line taken out of the rest of the cart, and what goes with one of them."""

import hashlib
from collections.abc import Iterable


def held_out(transaction_id: str, items: Iterable[str]) -> tuple[tuple[str, ...], str] | None:
    """Return (cart, target) of a basket; None when it has fewer than two distinct items.

    The items are sorted as text, the target is the one at sha1(transaction_id) modulo their number: the same for everybody, in any process.
    """
    distinct = set(items)
    if len(distinct) < 2:
        return None
    target, cart = anchor_of(transaction_id, distinct)
    return cart, target


def anchor_of(transaction_id: str, items: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return (item, others) of a basket's distinct items, of which there is at least one, sorted as text and chosen in the same way."""
    distinct = sorted(set(items))
    at = int(hashlib.sha1(transaction_id.encode(), usedforsecurity=False).hexdigest(), 16) % len(distinct)
    return distinct[at], (*distinct[:at], *distinct[at + 1 :])
