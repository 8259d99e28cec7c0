"""What a finished basket teaches: one of its items is held out and asked for, as the evaluation does it."""

from features.catalog import Catalog
from features.profile import Profile
from online_models.basket.question import held_out
from online_models.heads import ACCESSORY_ORDERS
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Mode, Ranked, Request
from stream.contracts.events import Purchase

Lesson = tuple[Ranked, tuple[str, ...]]  # candidates as they were ranked, and what was really taken


def basket_lessons(purchase: Purchase, profile: Profile, *, memory: SharedMemory, catalog: Catalog, weights: Weights) -> list[Lesson]:
    """Return the candidates for the rest of the basket and the item held out, once for each mode, and what goes with that item.

    `profile` is the customer's before this purchase. `mixed` is always asked, `discover` only for an item that he never
    bought, `accessory` for all that is new to him. A basket of one distinct item teaches nothing. Three rankings, some milliseconds
    for a large basket.
    """
    question = held_out(purchase.transaction_id, (item.item_id for item in purchase.items)) if purchase.transaction_id else None
    if question is None:
        return []
    cart, target = question
    bought = frozenset(touch.item_id for touch in profile.history if touch.buys > 0)
    modes: list[Mode] = ["mixed"] if target in bought else ["mixed", "discover"]
    lessons: list[Lesson] = []
    for mode in modes:
        barred = frozenset(cart) | (bought if mode == "discover" else frozenset())
        request = Request("basket", cart, mode=mode, barred=barred, k=0)
        lessons.append((rank(request, profile, memory, catalog, weights, purchase.event_time_ms), (target,)))
    new = tuple([item for item in cart if item not in bought])
    request = Request("accessory", (target,), mode="discover", barred=bought, k=0)
    goes_with = rank(request, profile, memory, catalog, weights, purchase.event_time_ms)
    if new and goes_with.head == ACCESSORY_ORDERS.name:  # what answers without orders learns from looks
        lessons.append((goes_with, new))
    return lessons
