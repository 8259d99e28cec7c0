"""One event into a profile. Every part is a newest-K set or an exact count, so any order of arrival gives the same profile."""

from collections.abc import Mapping
from hashlib import blake2b
from types import MappingProxyType

from features.decay import HALF_LIFE_MS, spent
from features.meters import metered
from features.profile import EMPTY, MAX_EVENT_IDS, MAX_RECENT, Basket, CartLine, Kind, Profile, Recent, Shown, Spend
from features.session import session_hash
from features.shown import dismissed, seen
from features.touches import bought, carted, cleared, followed, given_back, touched
from stream.contracts.consent import Consent
from stream.contracts.events import (
    AddToCart,
    AddToWishlist,
    DismissSuggestion,
    Event,
    Purchase,
    Refund,
    RemoveFromCart,
    SelectItem,
    Usage,
    ViewItem,
    ViewItemList,
)

HASH_BYTES = 8
# What touches items: how, and how much more than a view it says of the category and the price that a customer cares for.
TOUCHES: Mapping[type, tuple[Kind, int]] = MappingProxyType(
    {
        ViewItem: (Kind.VIEW, 1),
        SelectItem: (Kind.CLICK, 1),
        AddToWishlist: (Kind.WISH, 2),
        AddToCart: (Kind.CART, 3),
        Purchase: (Kind.BUY, 4),
    }
)


def fold(profile: Profile, event: Event, *, half_life_ms: int = HALF_LIFE_MS) -> Profile:
    """Return `profile` with `event` counted; `profile` itself for an event that is among the customer's last 32, or one who opted out.

    Within the bounds (100 items, 20 touches and categories, 16 meters, 32 ids) any order of arrival gives the same profile, but for
    `event_ids`, which are kept in order of arrival. A history item that fell out and comes back counts anew.

    Args:
        profile: of the event's customer.
        event: may be older than what is folded already.
        half_life_ms: in which the weight of a category halves; > 0, one and the same for a profile's whole life.
    Returns: O(history * items of the event), the product at the speed of `list.index`; no I/O, no clock.
    """
    hashed = _hashed(event.event_id)
    if profile.opted_out or _knows(profile.event_ids, hashed):
        return profile
    at_ms, touch = event.event_time_ms, TOUCHES.get(type(event))
    history, recent, chain_ms, spend = profile.history, profile.recent, profile.chain_ms, profile.spend
    if touch and event.items:
        kind, times = touch
        items = list(dict.fromkeys([item.item_id for item in event.items]))
        history = touched(history, items, at_ms, kind)
        recent, chain_ms = followed(recent, chain_ms, _touches(items, event, kind))
        spend = _spend(spend, event, times, half_life_ms)
    elif type(event) is Refund:
        history = given_back(history, list(dict.fromkeys([item.item_id for item in event.items])))
    cart, cleared_ms = _cart(profile, event)
    baskets, n_baskets, n_lines = _baskets(profile, event)
    language, language_ms = _latest(profile.language, profile.language_ms, event.language, at_ms)
    currency, currency_ms = _latest(profile.currency, profile.currency_ms, event.currency, at_ms)
    return Profile(
        history,
        recent,
        cart,
        cleared_ms,
        baskets,
        n_baskets,
        n_lines,
        spend,
        (profile.event_ids + hashed)[-MAX_EVENT_IDS * HASH_BYTES :],
        language,
        language_ms,
        currency,
        currency_ms,
        chain_ms,
        _shown(profile.shown, event),
        meters=metered(profile.meters, event) if type(event) is Usage else profile.meters,
    )


def fold_consent(profile: Profile, consent: Consent) -> Profile | None:
    """Return what is left of `profile` after the customer's choice; None: nothing at all.

    opt_out keeps the choice alone; opt_in begins anew after an opt_out and changes nothing otherwise; forget erases, an opt_out too.
    """
    if consent.choice == "forget":
        return None
    if consent.choice == "opt_out":
        return Profile(opted_out=True)
    return EMPTY if profile.opted_out else profile


def _hashed(event_id: str) -> bytes:
    return blake2b(event_id.encode(), digest_size=HASH_BYTES).digest()


def _knows(hashes: bytes, hashed: bytes) -> bool:
    place = hashes.find(hashed)
    while place % HASH_BYTES and place > 0:
        place = hashes.find(hashed, place + 1)
    return place >= 0


def _touches(items: list[str], event: Event, kind: Kind) -> list[Recent]:
    """Return the event's touches, of a large basket only those that can be among the newest."""
    at_ms, session, number = event.event_time_ms, session_hash(event.session_id), int(kind)  # `kind.value` costs ten times as much
    newest = sorted(items)[-MAX_RECENT:] if len(items) > MAX_RECENT else items
    return [Recent(at_ms, item, number, session) for item in newest]


def _spend(spend: tuple[Spend, ...], event: Event, times: int, half_life_ms: int) -> tuple[Spend, ...]:
    for item in event.items:
        category = item.leaf_category
        if category and item.price:
            spend = spent(spend, category, item.price, event.event_time_ms, times=times, half_life_ms=half_life_ms)
    return spend


def _cart(profile: Profile, event: Event) -> tuple[tuple[CartLine, ...], int]:
    """Return the cart's lines and when it was last cleared."""
    cart, cleared_ms, at_ms = profile.cart, profile.cart_cleared_ms, event.event_time_ms
    if type(event) is AddToCart:
        return carted(cart, cleared_ms, event.items, at_ms, +1), cleared_ms
    if type(event) is RemoveFromCart:
        return carted(cart, cleared_ms, event.items, at_ms, -1), cleared_ms
    if type(event) is Purchase and at_ms > cleared_ms:
        return cleared(cart, at_ms), at_ms
    return cart, cleared_ms


def _baskets(profile: Profile, event: Event) -> tuple[tuple[Basket, ...], int, int]:
    """Return the newest baskets, how many there ever were, and how many distinct lines they had."""
    if type(event) is not Purchase or not event.items:
        return profile.baskets, profile.n_baskets, profile.n_lines
    items = list(dict.fromkeys([item.item_id for item in event.items]))
    return bought(profile.baskets, items, event.event_time_ms), profile.n_baskets + 1, profile.n_lines + len(items)


def _latest(known: str | None, known_ms: int, said: str | None, at_ms: int) -> tuple[str | None, int]:
    """Return the newer of what was said and when; of two at the same time the alphabetically later."""
    if not said or at_ms < known_ms or (at_ms == known_ms and said <= (known or "")):
        return known, known_ms
    return said, at_ms


def _shown(shown: Shown, event: Event) -> Shown:
    if type(event) is ViewItemList and event.suggestion_id:
        return seen(shown)
    if type(event) is DismissSuggestion:
        return dismissed(shown, [item.item_id for item in event.items], event.item_list_id, event.event_time_ms)
    return shown
