"""All that can be asked of a memory, and the answers as plain values that are equal only if every byte is."""

from collections.abc import Sequence

from features.catalog import Catalog
from features.fold import fold
from features.profile import EMPTY, Profile
from features.session import session_of
from online_models.lists.evidence import orders_with, visits_with
from online_models.lists.popular import popular
from online_models.lists.scene import scene_of
from online_models.memory.shared import SharedMemory
from online_models.occasion import Occasion
from online_models.policy.policy import Policy
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Ranked, Request
from stream.contracts.events import Item, Purchase, ViewItem

WEIGHTS = Weights.start()


def said(ranked: Ranked) -> tuple[object, ...]:
    """Return an answer to the last bit."""
    numbers = ranked.scores.tobytes(), ranked.features.tobytes()
    return ranked.head, ranked.bucket, ranked.items, ranked.sources, *numbers


def a_profile(items: Sequence[str], now_ms: int) -> Profile:
    """Return the profile of somebody who looked at the items and bought the first two of them."""
    profile = EMPTY
    for place, item in enumerate(items):
        seen = ViewItem(event_id=f"v{place}", event_time_ms=now_ms - 60_000, customer="zoe", session_id="z", items=(Item(item),))
        profile = fold(profile, seen)
    order = Purchase(event_id="p", event_time_ms=now_ms - 30_000, customer="zoe", transaction_id="t", items=tuple(map(Item, items[:2])))
    return fold(profile, order)


def answers(memory: SharedMemory, items: Sequence[str], now_ms: int, *, sessions: Sequence[str] = ("",)) -> list[object]:
    """Return what every head and every list's evidence says about carts and walks through `items`."""
    told: list[object] = []
    carts = [*[(item,) for item in items], tuple(items[:3]), tuple(items[2:])]
    for profile in (EMPTY, a_profile(items[1:4], now_ms)):
        for cart in carts:
            requests = [Request("browse", cart, session=session) for session in sessions]
            requests += [Request("basket", cart, mode="mixed"), Request("basket", cart, mode="discover")]
            requests += [Request("accessory", cart, mode="discover", session=session, category="cups") for session in sessions]
            requests += [Request("upgrade", cart[:1], session=session) for session in sessions]
            told += [said(rank(request, profile, memory, Catalog(), WEIGHTS, now_ms)) for request in requests]
    for anchor in items:
        told.append([orders_with(memory, anchor, item) for item in items])
        told.append([visits_with(memory, anchor, items, apart_from=session) for session in sessions])
    told.append(_popular(memory, items, now_ms))
    return told


def _popular(memory: SharedMemory, items: Sequence[str], now_ms: int) -> list[tuple[str, float]]:
    event = ViewItem(event_id="now", event_time_ms=now_ms, customer="zoe", session_id="now", items=(Item(items[0]),))
    profile = fold(EMPTY, event)
    occasion = Occasion(event, "zoe", session_of(profile, "zoe", "now", now_ms), profile)
    scene = scene_of(occasion, memory=memory, catalog=Catalog(), weights=WEIGHTS, policy=Policy(), now_ms=now_ms, browse=None)
    return [(pick.item_id, pick.score) for pick in popular(scene, frozenset(), len(items))]
