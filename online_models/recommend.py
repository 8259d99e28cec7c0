"""One occasion answered: what to show now, or why nothing. Pure; worker, replay and tools all call it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from features.catalog import Catalog
from features.shown import times_shown
from online_models.accessory import across
from online_models.browse.question import browse_request
from online_models.lists.accessories import accessories
from online_models.lists.also_bought import also_bought
from online_models.lists.alternatives import alternatives
from online_models.lists.arrange import Chances, Placed, arranged, depth, finished
from online_models.lists.bundle import bundle
from online_models.lists.chosen import Chosen, Headline
from online_models.lists.plans import plans
from online_models.lists.popular import popular
from online_models.lists.scene import Scene, scene_of
from online_models.lists.top_up import top_up
from online_models.lists.upgrades import upgrades
from online_models.memory.shared import SharedMemory
from online_models.occasion import Occasion
from online_models.policy.lists import ListName
from online_models.policy.policy import Policy
from online_models.policy.silence import NOTHING, silence, silence_of_all
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Ranked
from online_models.uptake.estimate import estimate
from online_models.uptake.features import Row
from online_models.words.reasons import card
from online_models.words.texts import money
from stream.contracts.events import name_of
from stream.contracts.suggestion import SuggestedList

__all__ = ["Occasion", "Recommendation", "recommend"]

LISTS: Mapping[ListName, Callable[[Scene, frozenset[str]], Chosen]] = MappingProxyType(
    {
        "accessories": accessories,
        "upgrades": upgrades,
        "alternatives": alternatives,
        "bundle": bundle,
        "top_up": top_up,
        "also_bought": also_bought,
        "plans": plans,
    }
)
COMPARED = frozenset({"accessories", "upgrades", "alternatives", "plans"})  # lists whose prices are set beside the one on screen
FILLED = frozenset({"accessories", "upgrades", "alternatives"})  # lists that what is popular may fill: the others claim more than that


class Recommendation(Struct, frozen=True):
    """The answer. A list without items clears what stands under its id; `silences` are (list, rule) of the lists that were asked in vain.

    `ranked`: the candidates of this moment by head, for the next event to answer. `features`: what the uptake model knows of each
    list's cards, by list. `chances`: of each list whose last place was left to chance, who might have stood there.
    """

    lists: tuple[SuggestedList, ...] = ()
    silences: tuple[tuple[str, str], ...] = ()
    ranked: dict[str, Ranked] = {}
    features: dict[str, tuple[Row, ...]] = {}
    chances: dict[str, Chances] = {}


def recommend(
    occasion: Occasion,
    *,
    memory: SharedMemory,
    catalog: Catalog,
    weights: Weights,
    policy: Policy,
    now_ms: int,
    browse: Ranked | None = None,
) -> Recommendation:
    """Return what `policy` has to say on this occasion.

    The next-view candidates are ranked for every touch of an item, spoken of or not, so that silence teaches too; a list's own
    candidates only when the policy's trigger names the event. The same arguments give the same answer.

    `occasion` holds the event already, `memory` does not; `now_ms` is the event's time; `browse`: the next-view candidates of this very
    moment, where `rank_views` has ranked them. About 0.5 ms in a shop of visits, 0.2 with `browse`; 1 to 3 ms
    more where a cart of many items is completed from orders.
    """
    if occasion.profile.opted_out:
        return Recommendation()
    goes_with = None
    if (request := browse_request(occasion)) is not None:
        browse = browse or rank(request, occasion.profile, memory, catalog, weights, now_ms)
        goes_with = across(browse, request, memory, catalog, weights)
    scene = scene_of(
        occasion, memory=memory, catalog=catalog, weights=weights, policy=policy, now_ms=now_ms, browse=browse, across=goes_with
    )
    lists: list[SuggestedList] = []
    silences: list[tuple[str, str]] = []
    ranked = {one.head: one for one in (browse, goes_with) if one is not None}
    features: dict[str, tuple[Row, ...]] = {}
    chances: dict[str, Chances] = {}
    of_all = silence_of_all(occasion, policy, now_ms)
    taken: frozenset[str] = frozenset()
    event_name = name_of(occasion.event)
    for name in policy.order:
        if event_name not in policy.rules(name).triggers:
            continue
        rule = of_all or silence(name, occasion, policy, now_ms)
        if rule is not None:
            silences.append((name, rule))
            continue
        chosen = LISTS[name](scene, taken)
        ranked |= chosen.ranked
        composed, last = _shown(name, chosen, scene, taken)
        estimated = estimate(composed, occasion, weights.uptake, policy, now_ms)
        shown, features[name] = estimated.shown, estimated.x
        if shown.items:
            lists.append(shown)
            taken = taken.union([item.item_id for item in shown.items])
            if last:
                chances[name] = last
        else:
            if _stands(name, scene):
                lists.append(shown)
            silences.append((name, estimated.rule or chosen.rule or NOTHING))
    return Recommendation(tuple(lists), tuple(silences), ranked, features, chances)


def _shown(name: ListName, chosen: Chosen, scene: Scene, taken: frozenset[str]) -> tuple[SuggestedList, Chances]:
    """Return the list as it is shown, and its last place's chances; where the policy wants it, what is popular fills an empty one."""
    picks, above = chosen.picks, chosen.headline
    if not picks and name in FILLED and (scene.policy.popularity_fallback or scene.policy.always_speak):
        above, picks = Headline("popular"), popular(scene, taken, depth(name, scene))
    if not picks:
        return SuggestedList(name, "", ()), ()
    placed = arranged(name, picks, scene)
    if all([one.pick.relation == "seen_with" for one in placed]):
        above = Headline("seen_with")
    before = scene.price(scene.on_screen) if name in COMPARED and scene.on_screen is not None else None
    cards = tuple([finished(card(one.pick, scene, index=at, before=before), one, scene) for at, one in enumerate(placed)])
    line, of_set = _line_above(above or Headline(name), placed, scene), chosen.set_price
    if of_set is None:
        return SuggestedList(name, line, cards), placed[-1].chances
    return SuggestedList(name, line, cards, of_set.price, of_set.before, of_set.currency), placed[-1].chances


def _line_above(above: Headline, placed: list[Placed], scene: Scene) -> str:
    """Return the headline; it names the item on screen where all reasons are about it."""
    here = scene.on_screen
    about = here if all([one.pick.anchor in (here, None) for one in placed]) else None
    anchor = None if about is None else scene.name(about)
    figures = above.words | {key: money(amount, above.currency) for key, amount in above.amounts.items()}
    return scene.words.headline(above.code, anchor, figures)


def _stands(name: ListName, scene: Scene) -> bool:
    """Return whether the list spoke in this session, so that something may stand on the page."""
    occasion = scene.occasion
    return times_shown(occasion.profile.shown, name, occasion.session.key, scene.now_ms)[0] > 0
