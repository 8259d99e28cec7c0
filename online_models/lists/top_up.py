"""What closes the gap to the next threshold most cheaply: "GBP 9.00 more for free delivery"."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from features.profile import MAX_CART
from online_models.lists.chosen import Chosen, Headline
from online_models.lists.company import OFTEN, rank_cart
from online_models.lists.evidence import orders_with
from online_models.lists.popular import popular
from online_models.lists.scene import Pick, Scene
from online_models.policy.lists import Threshold
from online_models.request import Ranked
from online_models.words.texts import ReasonCode, own_words, rounded

NO_THRESHOLD = "no_threshold"  # the shop names none
CART_EMPTY = "cart_empty"
CART_UNKNOWN = "cart_unknown"  # a price is not known, or the cart is longer than what is remembered of it
CURRENCY = "currency_differs"
REACHED = "thresholds_reached"
TOO_WIDE = "gap_too_wide"
NO_WORDS = "benefit_not_in_language"
MAX_ANCHORS = 20  # articles of the cart, newest first, that goods are compared with
BASKET_READ = 150  # ranked candidates of the cart whose prices are looked at
POPULAR_READ = 30
TOGETHER: ReasonCode = "top_up_together_before"  # orders hold it with the cart; how many is looked up when it is picked
HALF_PLACE = 10  # a place so far down its source halves what an item is worth


class Gap(Struct, frozen=True):
    """How much is missing: from the cart's `worth` to the threshold, in `currency`."""

    missing: float
    worth: float
    currency: str | None
    threshold: Threshold
    benefit: str


class Liking(Struct, frozen=True):
    """Why an item is welcome, and at which place (from 0 on) of those that are welcome for this reason."""

    code: ReasonCode
    place: int
    anchor: str | None = None


def top_up(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return the liked items that close the gap with the least overshoot; nothing of `taken`, one piece each."""
    gap = _gap(scene)
    if isinstance(gap, str):
        return Chosen([], rule=gap)
    cart = _anchors(scene)
    ranked = rank_cart(scene, cart, scene.never)
    picks: list[Pick] = []
    for worth, item_id, price, likings in _closing(scene, gap, _liked(scene, cart, ranked, taken), taken):
        pick = next((pick for liking in likings if (pick := _pick(scene, item_id, worth, liking, cart)) is not None), None)
        if pick is not None:
            picks.append(_with_sums(pick, price, gap))
        if len(picks) == scene.policy.top_up.items:
            break
    above = Headline("top_up", {"gap": gap.missing}, gap.currency, {"benefit": gap.benefit})
    return Chosen(picks, headline=above)  # the order is for the accessories to learn from: a look at the cart asks no new question


def _gap(scene: Scene) -> Gap | str:
    """Return the gap to the next threshold, or the rule that keeps silent."""
    rules = scene.policy.top_up
    if not rules.thresholds:
        return NO_THRESHOLD
    if not scene.cart:
        return CART_EMPTY
    worth = _worth(scene)
    if worth is None:
        return CART_UNKNOWN
    named = {scene.occasion.event.currency, *[scene.currency(line.item_id) for line in scene.cart]} - {None}
    currency = min([one for one in named if one is not None], default=None)
    fitting = [one for one in rules.thresholds if one.currency in (None, currency)]
    if len(named) > 1 or not fitting:
        return CURRENCY
    ahead = [one for one in fitting if rounded(one.at - worth, currency) > 0]
    if not ahead:
        return REACHED
    threshold = min(ahead, key=lambda one: one.at)
    missing = rounded(threshold.at - worth, currency)
    if missing > rules.max_gap_share * worth:
        return TOO_WIDE
    benefit = own_words(threshold.benefit, scene.occasion.profile.language) or own_words(threshold.benefit, scene.words.locale)
    return NO_WORDS if benefit is None else Gap(missing, worth, currency, threshold, benefit)


def _worth(scene: Scene) -> float | None:
    """Return what the whole cart costs; None where that cannot be told."""
    if len(scene.occasion.profile.cart) >= MAX_CART:
        return None
    worth = 0.0
    for line in scene.cart:
        price = scene.price(line.item_id) if line.price is None else line.price
        if price is None:
            return None
        worth += line.quantity * price
    return worth


def _anchors(scene: Scene) -> tuple[str, ...]:
    """Return the articles of the cart, what was just added first."""
    inside = [line.item_id for line in scene.cart]
    return tuple(dict.fromkeys([*[item_id for item_id in scene.anchors if item_id in inside], *inside]))[:MAX_ANCHORS]


def _liked(scene: Scene, cart: tuple[str, ...], ranked: Ranked | None, taken: frozenset[str]) -> dict[str, list[Liking]]:
    """Return what is welcome, and why, the best reason first: orders, the shop's word, the customer's own interest, what is popular."""
    liked: dict[str, list[Liking]] = {}
    for place, (item_id, _) in enumerate([] if ranked is None else ranked.top(BASKET_READ)):
        liked.setdefault(item_id, []).append(Liking(TOGETHER, place))
    for place, (item_id, code, anchor) in enumerate(_related(scene, cart)):
        liked.setdefault(item_id, []).append(Liking(code, place, anchor))
    for place, touch in enumerate(reversed(scene.occasion.profile.history)):
        if touch.buys > 0 or touch.views > 0:
            liked.setdefault(touch.item_id, []).append(Liking("top_up_bought" if touch.buys > 0 else "top_up_seen", place))
    for place, pick in enumerate(popular(scene, taken, POPULAR_READ)):
        liked.setdefault(pick.item_id, []).append(Liking("top_up_popular", place))
    return liked


def _related(scene: Scene, cart: tuple[str, ...]) -> Iterator[tuple[str, ReasonCode, str]]:
    for anchor in cart:
        yield from ((item_id, "top_up_made_for", anchor) for item_id in scene.catalog.accessories_of(anchor))
        yield from ((item_id, "top_up_related", anchor) for item_id in scene.catalog.related(anchor))


def _closing(scene: Scene, gap: Gap, liked: dict[str, list[Liking]], taken: frozenset[str]) -> list[tuple[float, str, float, list[Liking]]]:
    """Return (worth, item, price, likings) of what closes the gap by itself, best first.

    Worth: gap / price, which is 1 without any overshoot, times the best place that the item has, 1 / (1 + place / 10).
    """
    most = scene.policy.top_up.max_gap_share * gap.worth
    found = []
    for item_id, likings in liked.items():
        price = None if item_id in taken or not scene.allows(item_id) else scene.price(item_id)
        if price is not None and gap.missing <= price <= most and scene.currency(item_id) == gap.currency:
            place = min(liking.place for liking in likings)
            found.append((gap.missing / price / (1 + place / HALF_PLACE), item_id, price, likings))
    return sorted(found, key=lambda one: (-one[0], one[2], one[1]))


def _pick(scene: Scene, item_id: str, worth: float, liking: Liking, cart: tuple[str, ...]) -> Pick | None:
    """Return the item for this reason; None where too few orders stand behind it."""
    if liking.code != TOGETHER:
        return Pick(item_id, worth, "closes_gap", liking.code, liking.anchor)
    counted = [(*orders_with(scene.memory, anchor, item_id), anchor) for anchor in cart]
    both, of, anchor = max(counted, key=lambda one: (one[0] / (one[1] + OFTEN), one[2]))
    if both < scene.policy.top_up.min_evidence:
        return None
    code: ReasonCode = "top_up_together" if both >= OFTEN else TOGETHER
    return Pick(item_id, worth, "closes_gap", code, anchor, {"together": both, "of": of})


def _with_sums(pick: Pick, price: float, gap: Gap) -> Pick:
    total = rounded(gap.worth + price, gap.currency)
    return replace(pick, amounts={"gap": gap.missing, "threshold": gap.threshold.at, "total": total})
