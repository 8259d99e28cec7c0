"""What of a list's candidates is shown, and in which order: campaigns, margin, variety, and one place for chance."""

from msgspec import Struct
from msgspec.structs import replace

from online_models.kind import category_of
from online_models.lists.rerank import order, worths
from online_models.lists.scene import Pick, Scene
from online_models.policy.campaigns import Campaign
from online_models.policy.exploration import chances, last_place
from online_models.policy.lists import ListName
from online_models.words.texts import own_words
from stream.contracts.suggestion import SuggestedItem

MORE = 8  # candidates beyond what a list shows, where something may move them up
ARRANGED = frozenset({"accessories", "upgrades", "alternatives", "also_bought"})  # the others are composed: they stay as they are
VARIED = frozenset({"accessories", "also_bought"})  # the others are of one kind because that is what they are for


Chances = tuple[tuple[str, float], ...]  # (item, probability)


class Placed(Struct, frozen=True):
    """A candidate that is shown. `propensity`: the probability that it, and no other one, stands at this place.

    `chances`: where chance decided, all who might stand here, this one among them, with their probabilities, which sum to 1.
    """

    pick: Pick
    propensity: float = 1.0
    campaign: Campaign | None = None
    chances: Chances = ()


def depth(name: ListName, scene: Scene) -> int:
    """Return how many candidates a list is to return: what it shows, and where the policy may move one up, some more."""
    policy = scene.policy
    shows = policy.rules(name).items
    if name not in ARRANGED:
        return shows
    moved = policy.margin.weight > 0 or any(campaign.runs(scene.now_ms) for campaign in policy.campaigns) or _varied(name, scene)
    return shows + max(MORE if moved else 0, policy.exploration.among if policy.exploration.share else 0)


def arranged(name: ListName, picks: list[Pick], scene: Scene) -> list[Placed]:
    """Return what is shown of a list's candidates, which are its best first.

    Without campaigns, margin, variety and exploration that is the first of them, as they are. O(shown x candidates).
    """
    if name not in ARRANGED:
        return [Placed(pick) for pick in picks]
    shows = scene.policy.rules(name).items
    if depth(name, scene) == shows:
        return [Placed(pick) for pick in picks[:shows]]
    running = [campaign for campaign in scene.policy.campaigns if campaign.runs(scene.now_ms)]
    campaigns = [_campaign(pick.item_id, running, scene) if running else None for pick in picks]
    worth = worths([pick.score for pick in picks], [_lift(*one, scene) for one in zip(picks, campaigns, strict=True)])
    varied = len(picks) > shows and _varied(name, scene)
    groups = [category_of(pick.item_id, scene.memory, scene.catalog) if varied else None for pick in picks]
    ordered = order(worth, groups, weight=scene.policy.diversity.weight if varied else 0.0, places=shows)
    placed = [Placed(_named(picks[at], campaigns[at]), 1.0, campaigns[at]) for at in ordered]
    return _explored(name, placed[:shows], placed[shows:], scene)


def finished(card: SuggestedItem, placed: Placed, scene: Scene) -> SuggestedItem:
    """Return the card with its propensity, and with the campaign's words where there are some in the customer's language."""
    words = None if placed.campaign is None else own_words(placed.campaign.words(), scene.occasion.profile.language)
    if words is None and placed.propensity == 1.0:
        return card
    return replace(card, propensity=placed.propensity, benefit=words or card.benefit)


def _varied(name: ListName, scene: Scene) -> bool:
    """Return whether the list is to be varied, and there is anything to tell kinds by."""
    known = scene.catalog.has_categories or len(scene.memory.categories.names) > 0
    return name in VARIED and scene.policy.diversity.weight > 0 and known


def _campaign(item_id: str, running: list[Campaign], scene: Scene) -> Campaign | None:
    """Return the campaign that the item belongs to; of several the one that lifts most, of equal ones the first."""
    entry = scene.catalog.get(item_id)
    category, brand = category_of(item_id, scene.memory, scene.catalog), None if entry is None else entry.item_brand
    holding = [campaign for campaign in running if campaign.holds(item_id, category, brand)]
    return max(holding, key=lambda campaign: campaign.boost, default=None)


def _lift(pick: Pick, campaign: Campaign | None, scene: Scene) -> float:
    """Return by how many standard deviations the candidate moves up. An item whose margin is not known counts as one without any."""
    weight = scene.policy.margin.weight
    entry = scene.catalog.get(pick.item_id) if weight else None
    margin = 0.0 if entry is None or entry.margin is None else entry.margin
    return (0.0 if campaign is None else campaign.boost) + weight * margin


def _named(pick: Pick, campaign: Campaign | None) -> Pick:
    """Return the pick with the campaign among its evidence."""
    if campaign is None:
        return pick
    said: dict[str, str | float] = {"campaign": campaign.name}
    if campaign.discount_percent is not None:
        said["discount_percent"] = campaign.discount_percent
    return replace(pick, evidence={**pick.evidence, **said})


def _explored(name: ListName, shown: list[Placed], rest: list[Placed], scene: Scene) -> list[Placed]:
    """Return what is shown with its last place given to chance, where the policy wants that and candidates are left."""
    occasion, exploration = scene.occasion, scene.policy.exploration
    if not rest or not exploration.share:
        return shown
    at, propensity = last_place(occasion.customer, occasion.event.event_id, name, len(rest), exploration)
    owner, each = chances(len(rest), exploration)
    all_chances = ((shown[-1].pick.item_id, owner), *[(one.pick.item_id, each) for one in rest[: exploration.among]])
    return [*shown[:-1], replace(shown[-1] if at is None else rest[at], propensity=propensity, chances=all_chances)]
