"""The question that every basket asks: one line taken out, the rest is the cart."""

import hashlib
from collections.abc import Iterable


def held_out(transaction_id: str, items: Iterable[str]) -> tuple[tuple[str, ...], str] | None:
    """Return (cart, target) of a basket; None when it has fewer than two distinct items.

    The items are sorted as text, the target is the one at sha1(transaction_id) modulo their number: the same for everybody, in any process.
    """
    distinct = sorted(set(items))
    if len(distinct) < 2:
        return None
    target = int(hashlib.sha1(transaction_id.encode(), usedforsecurity=False).hexdigest(), 16) % len(distinct)
    return (*distinct[:target], *distinct[target + 1 :]), distinct[target]
