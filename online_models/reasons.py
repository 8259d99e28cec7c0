"""Why an item is shown: the code, the figures it rests on, and the sentence that says it to the customer."""

from online_models.lists.scene import Pick, Scene
from online_models.texts import RATED, Language, language_of, money, own_words, reason_text
from stream.contracts.suggestion import Reason, SuggestedItem

FEWEST_RATINGS = 5  # a mean of fewer says nothing


def card(pick: Pick, scene: Scene, *, index: int, compared_with: str | None) -> SuggestedItem:
    """Return what is shown of a pick at place `index`; `compared_with` is the item that its price is compared with."""
    price, before = scene.price(pick.item_id), None if compared_with is None else scene.price(compared_with)
    difference = round(price - before, 2) if price is not None and before is not None else None
    return SuggestedItem(
        item_id=pick.item_id,
        index=index,
        score=round(pick.score, 6),
        reason=reason(pick, scene, difference),
        item_name=scene.name(pick.item_id),
        price=price,
        currency=scene.currency(pick.item_id),
        relation=pick.relation,
        benefit=benefit(pick, scene),
        price_difference=difference,
    )


def reason(pick: Pick, scene: Scene, difference: float | None) -> Reason:
    """Return the reason in the customer's language. Every figure in the sentence stands in the evidence, or is the price difference."""
    figures = pick.words | {key: value if isinstance(value, str) else f"{value:,.12g}" for key, value in pick.evidence.items()}
    figures |= {key: money(value, scene.currency(pick.item_id)) for key, value in pick.amounts.items()}
    if difference is not None:
        figures["difference"] = money(abs(difference), scene.currency(pick.item_id))
    anchor = None if pick.anchor is None else scene.name(pick.anchor)
    evidence = {**({} if pick.anchor is None else {"anchor": pick.anchor}), **pick.evidence, **pick.amounts}
    return Reason(pick.code, reason_text(pick.code, language(scene), anchor=anchor, figures=figures), evidence)


def benefit(pick: Pick, scene: Scene) -> str | None:
    """Return what the item does for the customer: in the shop's words, else that others rated it better than the one on screen."""
    entry = scene.catalog.get(pick.item_id)
    if entry is None:
        return None
    words = own_words(entry.benefits, scene.occasion.profile.language)
    if words is not None or pick.anchor is None or pick.relation != "dearer_of_kind":
        return words
    other = scene.catalog.get(pick.anchor)
    better, before = entry.rating, None if other is None else other.rating
    if better is None or before is None or min(better.count, before.count) < FEWEST_RATINGS or better.value <= before.value:
        return None
    return RATED[language(scene)].format(value=f"{better.value:g}", before=f"{before.value:g}")


def language(scene: Scene) -> Language:
    """Return the language that the customer reads."""
    return language_of(scene.occasion.profile.language)
