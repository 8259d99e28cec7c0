"""Why an item is shown: the code, the figures it rests on, and the sentence that says it to the customer."""

from online_models.lists.scene import Pick, Scene
from online_models.words.gains import Gain, better_rated, gain, well_rated
from online_models.words.texts import figure, money, own_words
from stream.contracts.suggestion import Reason, SuggestedItem


def card(pick: Pick, scene: Scene, *, index: int, before: float | None) -> SuggestedItem:
    """Return what is shown of a pick at place `index`; `before` is the price that its own is compared with."""
    price = scene.price(pick.item_id)
    difference = round(price - before, 2) if price is not None and before is not None else None
    gained = gained_for(pick, scene, difference)
    return SuggestedItem(
        item_id=pick.item_id,
        index=index,
        score=round(pick.score, 6),
        reason=reason(pick, scene, difference, gained),
        item_name=scene.name(pick.item_id),
        price=price,
        currency=scene.currency(pick.item_id),
        relation=pick.relation,
        benefit=benefit(pick, scene) if gained is None else gained.text,
        price_difference=difference,
    )


def gained_for(pick: Pick, scene: Scene, difference: float | None) -> Gain | None:
    """Return what the customer gets for a higher price; None where the item is not offered as the better one, or nothing is known."""
    entry = scene.catalog.get(pick.item_id)
    if entry is None or pick.relation != "dearer_of_kind" or pick.anchor is None or not difference or difference < 0:
        return None
    return gain(entry, scene.catalog.get(pick.anchor), scene.words, scene.occasion.profile.language)


def reason(pick: Pick, scene: Scene, difference: float | None, gained: Gain | None) -> Reason:
    """Return the reason in the customer's language. Every figure in the sentence stands in the evidence, or is the price difference."""
    code = pick.code if gained is None else "more_for"
    figures = pick.words | {key: figure(value) for key, value in pick.evidence.items()}
    figures |= {key: money(value, scene.currency(pick.item_id)) for key, value in pick.amounts.items()}
    evidence = {**({} if pick.anchor is None else {"anchor": pick.anchor}), **pick.evidence, **pick.amounts}
    if difference is not None:
        figures["difference"] = money(abs(difference), scene.currency(pick.item_id))
    if gained is not None:
        figures["gain"], evidence = gained.text, {**gained.evidence, **evidence}
    anchor = None if pick.anchor is None else scene.name(pick.anchor)
    return Reason(code, scene.words.reason(code, anchor, figures), evidence)


def benefit(pick: Pick, scene: Scene) -> str | None:
    """Return what the item does for the customer: in the shop's words, else that others rated it better, else how they rated it."""
    entry = scene.catalog.get(pick.item_id)
    if entry is None:
        return None
    words = scene.words
    said = own_words(entry.benefits, scene.occasion.profile.language)
    if said is None and pick.anchor is not None and pick.relation == "dearer_of_kind":
        said = better_rated(entry, scene.catalog.get(pick.anchor), words)
    return said if said is not None else well_rated(entry.rating, words)
