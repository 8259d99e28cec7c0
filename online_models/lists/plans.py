"""Another plan of the same line: the next one when a limit nears, a smaller one when little is used."""

from collections.abc import Iterator
from math import inf

from features.meters import of_plan
from features.profile import Meter
from online_models.lists.chosen import Chosen, Headline
from online_models.lists.scene import Pick, Scene
from online_models.policy.policy import DAY_MS
from online_models.words.texts import ReasonCode, own_words
from stream.contracts.catalog import CatalogItem
from stream.contracts.events import Usage

LATE = "usage_superseded"  # a newer reading of the meter is known
UNKNOWN = "plan_unknown"  # the catalogue does not know the plan, or no line that it stands in
NO_LIMIT = "plan_without_limit"
MIDWAY = "usage_midway"  # neither much nor little is used
TOO_EARLY = "usage_too_early"  # little is used, but the meter has not run long
NO_OTHER = "no_other_plan"  # nothing in the line is sold that would help


def plans(scene: Scene, taken: frozenset[str]) -> Chosen:
    """Return the next plans up when this meter nears its limit, or the next smaller one that all of the plan's meters allow."""
    event, rules = scene.occasion.event, scene.policy.plans
    if not isinstance(event, Usage):
        return Chosen([])
    meters = of_plan(scene.occasion.profile.meters, event.plan_id)
    meter = meters.get(event.metric)
    if meter is None or (meter.at_ms, meter.used, meter.limit) != (event.event_time_ms, event.used, event.limit):
        return Chosen([], rule=LATE)
    plan = scene.catalog.get(event.plan_id)
    if plan is None or plan.tier is None:
        return Chosen([], rule=UNKNOWN)
    if not meter.limit:
        return Chosen([], rule=NO_LIMIT)
    price, over = scene.price(event.plan_id), meter.used >= meter.limit
    if over or (meter.used >= rules.near * meter.limit and price != 0):
        picks = list(_upwards(scene, meter, taken))[: rules.items]
        return Chosen(picks, rule=NO_OTHER, headline=Headline("plans_end" if over else "plans"))
    if not price or any(one.used > rules.low * one.limit for one in meters.values()):
        return Chosen([], rule=MIDWAY)
    if event.resets_ms is not None and event.resets_ms - event.event_time_ms > rules.low_days * DAY_MS:
        return Chosen([], rule=TOO_EARLY)
    smaller = list(_downwards(scene, meter, meters, price, taken))[: rules.items]
    return Chosen(smaller, rule=NO_OTHER, headline=Headline("plans_low"))


def limit_of(plan: CatalogItem, metric: str) -> float | None:
    """Return the plan's limit by its spec `limit:<metric>` or `<metric>`: a number, `unlimited` or true for none (inf); None: unknown."""
    said = plan.specs.get(f"limit:{metric}", plan.specs.get(metric))
    if said is True or (isinstance(said, str) and said.strip().lower() == "unlimited"):
        return inf
    if isinstance(said, str):
        return float(said) if said.strip().isdecimal() else None
    return None if said is None or said is False else float(said)


def _others(scene: Scene, plan_id: str, taken: frozenset[str], *, up: bool) -> list[tuple[int, CatalogItem]]:
    """Return (steps from the plan, other plan) of its line that are sold and not barred, the nearest first."""
    family = scene.catalog.family(plan_id)
    here = next(rank for rank, item_id in family if item_id == plan_id)
    ranks = sorted({rank for rank, _ in family if (rank > here) == up and rank != here}, reverse=not up)
    found = []
    for rank, item_id in family:
        entry = scene.catalog.get(item_id)
        if rank in ranks and entry is not None and item_id not in taken and scene.allows(item_id):
            found.append((ranks.index(rank) + 1, entry))
    return sorted(found, key=lambda one: (one[0], one[1].item_id))


def _upwards(scene: Scene, meter: Meter, taken: frozenset[str]) -> Iterator[Pick]:
    """Yield the plans above that lift the limit, the next first; one whose limit is not known lifts it by its place in the line."""
    for steps, plan in _others(scene, meter.plan_id, taken, up=True):
        limit = limit_of(plan, meter.metric)
        if limit is None:
            yield _pick(scene, plan, meter, "plan_next", steps)
        elif limit == inf:
            yield _pick(scene, plan, meter, "plan_unlimited", steps)
        elif limit > max(meter.limit, meter.used):
            yield _pick(scene, plan, meter, "plan_more", steps, plan_limit=limit)


def _downwards(scene: Scene, meter: Meter, meters: dict[str, Meter], price: float, taken: frozenset[str]) -> Iterator[Pick]:
    """Yield the cheaper plans below whose limits leave room for everything that is used, the nearest first."""
    for steps, plan in _others(scene, meter.plan_id, taken, up=False):
        limits = {metric: limit_of(plan, metric) for metric in meters}
        other = scene.price(plan.item_id)
        cheaper = other is not None and other < price and scene.currency(plan.item_id) == scene.currency(meter.plan_id)
        roomy = all(limit is not None and meters[metric].used <= scene.policy.plans.room * limit for metric, limit in limits.items())
        here = limits[meter.metric]
        if cheaper and roomy and here is not None and here < meter.limit:
            yield _pick(scene, plan, meter, "plan_smaller", steps, plan_limit=here)


def _pick(scene: Scene, plan: CatalogItem, meter: Meter, code: ReasonCode, steps: int, **limits: float) -> Pick:
    evidence: dict[str, str | float] = {"metric": meter.metric, "used": meter.used, "limit": meter.limit, **limits}
    relation = "smaller_plan" if code == "plan_smaller" else "next_plan"
    return Pick(plan.item_id, 1.0 / steps, relation, code, meter.plan_id, evidence, words={"meter": _name_of(scene, meter.metric)})


def _name_of(scene: Scene, metric: str) -> str:
    """Return what the customer calls the meter: in the shop's words, else as the events do."""
    words, tag = scene.policy.plans.metrics.get(metric, {}), scene.occasion.profile.language
    return own_words(words, tag) or own_words(words, scene.words.locale) or metric.replace("_", " ")
