"""What an event does to the items it names: history, recent touches, cart lines and baskets."""

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter

from features.newest import keep_newest
from features.profile import MAX_BASKETS, MAX_CART, MAX_HISTORY, MAX_RECENT, SESSION_GAP_MS, Basket, CartLine, Kind, Recent, Touch
from stream.contracts.events import Item

MAX_BASKET_ITEMS = 60
# What a touch adds to (views, carts, buys), by Kind; a click leads to a look.
COUNTS = ((0, 0, 0), (1, 0, 0), (1, 0, 0), (0, 0, 0), (0, 1, 0), (0, 0, 1))

_by_last = attrgetter("last_ms", "item_id")
_by_time = attrgetter("at_ms", "item_id", "kind", "session")
_by_purchase = attrgetter("at_ms", "items")


def touched(history: tuple[Touch, ...], items: Sequence[str], at_ms: int, kind: Kind) -> tuple[Touch, ...]:
    """Return the history with each of the distinct `items` touched once. O(history * items), at the speed of `list.index`."""
    views, carts, buys = COUNTS[kind]
    bought_ms = buys and at_ms
    rest, known = _apart(history, items)
    changed = []
    for item in items:
        old = known.get(item)
        if old is None:
            changed.append(Touch(item, at_ms, views, carts, buys, bought_ms))
        else:
            last_ms = max(old.last_ms, at_ms)
            last_buy_ms = max(old.last_buy_ms, bought_ms)
            changed.append(Touch(item, last_ms, old.views + views, old.carts + carts, old.buys + buys, last_buy_ms))
    return keep_newest(rest, changed, _by_last, MAX_HISTORY)


def given_back(history: tuple[Touch, ...], items: Sequence[str]) -> tuple[Touch, ...]:
    """Return the history with one bought line of each of the distinct `items` taken back.

    A refund that overtakes its purchase leaves -1 for the purchase to make good: stopping at 0 would depend on the order. It is
    no sign of interest, so it moves no clock; an item known from its refund alone is the oldest of all.
    """
    rest, known = _apart(history, items)
    olds = [known.get(item) or Touch(item, 0) for item in items]
    changed = [Touch(old.item_id, old.last_ms, old.views, old.carts, old.buys - 1, old.last_buy_ms) for old in olds]
    return keep_newest(rest, changed, _by_last, MAX_HISTORY)


def _apart(history: tuple[Touch, ...], items: Sequence[str]) -> tuple[list[Touch], dict[str, Touch]]:
    """Return the history without `items`, and what it knew of them."""
    rest, ids = list(history), [touch.item_id for touch in history]
    known = {}
    for item in items:
        if item in ids:
            place = ids.index(item)
            del ids[place]
            known[item] = rest.pop(place)
    return rest, known


def followed(recent: tuple[Recent, ...], chain_ms: int, new: Sequence[Recent]) -> tuple[tuple[Recent, ...], int]:
    """Return the newest touches, and when the chain that they begin in began (see `Profile.chain_ms`).

    Touches fall off the end of a long chain; what they knew of its start is kept, so that its session keeps its name.
    """
    grown = keep_newest(recent, new, _by_time, MAX_RECENT + len(new))
    dropped, kept = grown[:-MAX_RECENT], grown[-MAX_RECENT:]
    if not dropped:
        return kept, chain_ms
    first_ms = kept[0].at_ms
    times = sorted([chain_ms or dropped[0].at_ms, *[touch.at_ms for touch in dropped], first_ms])
    start_ms = times[0]
    for before_ms, after_ms in pairwise(times):
        unbroken = chain_ms and chain_ms <= before_ms and after_ms <= recent[0].at_ms
        if after_ms - before_ms > SESSION_GAP_MS and not unbroken:
            start_ms = after_ms
    return kept, start_ms if start_ms < first_ms else 0


def _by_line(line: CartLine) -> tuple[int, str, float, float]:
    return line.at_ms, line.item_id, line.quantity, -1.0 if line.price is None else line.price


def carted(cart: tuple[CartLine, ...], cleared_ms: int, items: Sequence[Item], at_ms: int, sign: int) -> tuple[CartLine, ...]:
    """Return the cart with a line for each of `items` (`sign` -1: taken out), unless it was cleared since."""
    if at_ms <= cleared_ms:
        return cart
    lines = [CartLine(at_ms, item.item_id, sign * item.quantity, item.price) for item in items]
    return keep_newest(cart, lines, _by_line, MAX_CART)


def cleared(cart: tuple[CartLine, ...], cleared_ms: int) -> tuple[CartLine, ...]:
    """Return the lines that are younger than the newest purchase."""
    return tuple([line for line in cart if line.at_ms > cleared_ms])


def bought(baskets: tuple[Basket, ...], items: Sequence[str], at_ms: int) -> tuple[Basket, ...]:
    """Return the newest baskets with this purchase among them."""
    return keep_newest(baskets, (Basket(at_ms, tuple(items[:MAX_BASKET_ITEMS])),), _by_purchase, MAX_BASKETS)
