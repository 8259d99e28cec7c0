"""What lies in a customer's cart now."""

from msgspec import Struct

from features.profile import Profile


class InCart(Struct, frozen=True):
    """One article in the cart: its pieces, and the price per piece as the cart last named it."""

    item_id: str
    quantity: float
    price: float | None


def in_cart(profile: Profile) -> tuple[InCart, ...]:
    """Return what was put in and not taken out again, the most recently added first. O(lines)."""
    pieces: dict[str, float] = {}
    prices: dict[str, float | None] = {}
    for line in profile.cart:
        left = pieces.pop(line.item_id, 0.0) + line.quantity
        pieces[line.item_id] = left
        prices[line.item_id] = prices.get(line.item_id) if line.price is None else line.price
    return tuple([InCart(item, left, prices[item]) for item, left in reversed(pieces.items()) if left > 0])


def worth(cart: tuple[InCart, ...]) -> float | None:
    """Return what the priced articles of the cart cost together; None when no price is known."""
    priced = [one.quantity * one.price for one in cart if one.price is not None]
    return sum(priced) if priced else None
