"""A set around the item on screen: each two of it are really bought together, and no two do the same thing."""

from collections.abc import Iterator

from msgspec.structs import replace

from online_models.kind import same_kind
from online_models.lists.chosen import Chosen, Headline, SetPrice
from online_models.lists.companions import Companion, companions, lift, orders_with_all
from online_models.lists.company import bought_together
from online_models.lists.evidence import orders_with
from online_models.lists.scene import Pick, Scene
from online_models.words.texts import rounded

COMPANIONS = 12  # of the item on screen that are tried for a set


def bundle(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return the closest companion of the item on screen, and the closest that goes with both; the item itself is not repeated."""
    here, rules = scene.on_screen, scene.policy.bundle
    if here is None or not scene.catalog.sellable(here):
        return Chosen([])
    chosen: list[Companion] = []
    for one in _candidates(scene, here, taken):
        if all(_go_together(scene, one.item_id, other.item_id) for other in chosen):
            chosen.append(one)
            if len(chosen) == rules.items:
                break
    if len(chosen) < rules.min_items:
        return Chosen([])
    members = (here, *[one.item_id for one in chosen])
    orders = orders_with_all(scene, members)
    picks = [_pick(one, here, orders) for one in chosen]
    price = set_price(scene, members)
    return Chosen(picks, headline=_headline(price), set_price=price)


def _candidates(scene: Scene, here: str, taken: frozenset[str]) -> Iterator[Companion]:
    rules = scene.policy.bundle
    tried = 0
    for one in companions(scene, here, least=rules.min_evidence, taken=taken):
        if one.lift > rules.min_lift and _do_different_things(scene, here, one.item_id, one.both):
            yield one
            tried += 1
            if tried == COMPANIONS:
                return


def _go_together(scene: Scene, one: str, other: str) -> bool:
    """Return whether two companions are bought together often enough to stand in one set."""
    rules, memory = scene.policy.bundle, scene.memory
    both, of = orders_with(memory, one, other)
    if both < rules.min_evidence or not _do_different_things(scene, one, other, both):
        return False
    return lift(memory.baskets, both, of, orders_with(memory, other, other)[1]) > rules.min_lift


def _do_different_things(scene: Scene, one: str, other: str, both: int) -> bool:
    """Return False for two of one kind, unless so many orders hold both that customers see it otherwise."""
    return both >= scene.policy.bundle.alike_evidence or not same_kind(one, other, scene.memory, scene.catalog)


def _pick(one: Companion, here: str, orders: int) -> Pick:
    pick = bought_together(one.item_id, one.closeness, here, one.both, one.of, relation="set_with")
    return replace(pick, evidence={**pick.evidence, "whole_set": orders})


def set_price(scene: Scene, members: tuple[str, ...]) -> SetPrice | None:
    """Return what the members cost together under the policy; None where a price is unknown or the currencies differ."""
    prices = [scene.price(item_id) for item_id in members]
    known = [price for price in prices if price is not None]
    currencies = {scene.currency(item_id) for item_id in members}
    if len(known) < len(members) or len(currencies) > 1:
        return None
    currency, percent = currencies.pop(), scene.policy.bundle.discount_percent
    before = rounded(sum(known), currency)
    price = rounded(before * (100 - percent) / 100, currency)
    return SetPrice(price, before if price < before else None, currency)


def _headline(price: SetPrice | None) -> Headline:
    if price is None:
        return Headline("bundle")
    if price.before is None:
        return Headline("bundle_priced", {"set_price": price.price}, price.currency)
    return Headline("bundle_reduced", {"set_price": price.price, "set_price_before": price.before}, price.currency)
