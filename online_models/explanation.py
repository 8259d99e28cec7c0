"""An occasion answered, with all that stands behind the answer; asked by tools, never on the way of an event."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from features.catalog import Catalog
from online_models.browse.question import browse_request
from online_models.left_out import LeftOut, left_out
from online_models.lists.alternatives import rank_of_kind
from online_models.lists.scene import Scene, scene_of
from online_models.memory.shared import SharedMemory
from online_models.policy.policy import Policy
from online_models.policy.silence import NOTHING
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.recommend import Occasion, Recommendation, recommend
from online_models.request import Ranked
from online_models.scored import Scored, scored
from stream.contracts.suggestion import SuggestedItem, SuggestedList

EXPLAINED = 200  # places of the next-view order whose sources are told


class Why(Struct, frozen=True):
    """One item of a list, or of `browse`, with every head that ranked it; the one that gave the card its score comes first."""

    item_list_id: str
    item_id: str
    scored: tuple[Scored, ...]


class Candidate(Struct, frozen=True):
    """One candidate of a head: its `place` from 1 on, its score, and what brought it, in plain numbers."""

    head: str
    place: int
    item_id: str
    score: float
    sources: dict[str, float]


class Explanation(Struct, frozen=True):
    """What `recommend` answered on the occasion of `scene`, and the next-view order with more sources than an answer needs."""

    answer: Recommendation
    scene: Scene
    browse: Ranked | None

    def why(self, lists: Sequence[SuggestedList]) -> Iterator[Why]:
        """Yield the cards of lists with the orders that they stand in."""
        learnt = [ranked for head, ranked in self.answer.ranked.items() if head != "browse"]
        orders = [(ranked, self.scene.weights) for ranked in learnt + ([] if self.browse is None else [self.browse])]
        for shown in lists:
            own, here = orders, self.scene.on_screen
            if shown.item_list_id == "alternatives" and shown.items and here is not None:
                own = [(rank_of_kind(self.scene, here, self.scene.never), Weights.start()), *orders]  # these weights are not learnt
            for item in shown.items:
                yield Why(shown.item_list_id, item.item_id, _nearest(item, own))

    def why_next(self, item_ids: Iterable[str]) -> Iterator[Why]:
        """Yield items of the next-view order with their place in it."""
        for item_id in item_ids:
            found = None if self.browse is None else scored(item_id, self.browse, self.scene.weights)
            yield Why("browse", item_id, () if found is None else (found,))

    def candidates(self, most: int) -> Iterator[Candidate]:
        """Yield the first `most` candidates of every head that was asked."""
        for head, ranked in self.answer.ranked.items():
            told = self.browse if head == "browse" and self.browse is not None else ranked
            for at, (item_id, score) in enumerate(told.top(most)):
                yield Candidate(head, at + 1, item_id, score, told.sources[at] if at < len(told.sources) else {})

    def left_out(self, wanted: str | None = None) -> Iterator[LeftOut]:
        """Yield what each list (or the `wanted` one) that chose left out; where one kept silent before, its rule says enough."""
        silenced = {name for name, rule in self.answer.silences if rule != NOTHING}
        asked = {shown.item_list_id for shown in self.answer.lists} | {name for name, _ in self.answer.silences}
        taken: frozenset[str] = frozenset()
        for name in self.scene.policy.order:
            own = frozenset(item.item_id for shown in self.answer.lists if shown.item_list_id == name for item in shown.items)
            if name in asked and name not in silenced and wanted in (None, name):
                yield from left_out(name, self.scene, taken=taken, shown=own)
            taken |= own


def explained(occasion: Occasion, *, memory: SharedMemory, catalog: Catalog, weights: Weights, policy: Policy, now_ms: int) -> Explanation:
    """Return what `recommend` answers, and what it was answered from; the arguments are `recommend`'s. About twice as dear."""
    answer = recommend(occasion, memory=memory, catalog=catalog, weights=weights, policy=policy, now_ms=now_ms)
    browse, request = None, browse_request(occasion)
    if request is not None:
        browse = rank(replace(request, k=EXPLAINED), occasion.profile, memory, catalog, weights, now_ms)
    scene = scene_of(occasion, memory=memory, catalog=catalog, weights=weights, policy=policy, now_ms=now_ms, browse=browse)
    return Explanation(answer, scene, browse)


def _nearest(item: SuggestedItem, orders: Sequence[tuple[Ranked, Weights]]) -> tuple[Scored, ...]:
    found = [one for ranked, weights in orders if (one := scored(item.item_id, ranked, weights)) is not None]
    return tuple(sorted(found, key=lambda one: abs(one.score - item.score)))
