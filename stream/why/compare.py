"""Whether the rebuilt answer is what was published, and what may be to blame where it is not. Pure."""

from collections.abc import Iterator

from stream.audit.checks import Difference
from stream.contracts.suggestion import SuggestedItem, SuggestedList, Suggestion
from stream.why.rebuild import Rebuilt

SAME = 1.5e-6  # cards have scores and probabilities to six places
NUMBERS, WORDS = ("score", "p_uptake", "propensity", "price", "price_difference"), ("relation", "benefit")


def differences(published: Suggestion, rebuilt: Rebuilt) -> Iterator[Difference]:
    """Yield what was `told` otherwise than it was `derived` now: lists, their items in order, and what stands on each card."""
    told, derived = ({one.item_list_id: one for one in lists} for lists in (published.lists, rebuilt.lists))
    for name in dict.fromkeys([*told, *derived]):
        was, now = _items(told.get(name)), _items(derived.get(name))
        if was != now:
            yield Difference("items", name, None, ", ".join(was) or "nothing", ", ".join(now) or "nothing")
        elif name in told and name in derived:
            for before, after in zip(told[name].items, derived[name].items, strict=True):
                yield from _card(name, before, after)


def caveats(published: Suggestion | None, rebuilt: Rebuilt, policy_version: str, *, differ: bool) -> Iterator[str]:
    """Yield in sentences what could not be rebuilt as it was, and, where the answers `differ`, what may not have been."""
    if published is None:
        yield "There are no suggestions in the log: this is what a replay answers, and is compared with nothing."
        return
    if published.policy_version != policy_version:
        yield f"It was made by policy {published.policy_version}; here by {policy_version}: give the file of that time with --policy."
    if published.memory_version != rebuilt.memory_version:
        yield f"It rested on {published.memory_version:,} remembered events; {rebuilt.memory_version:,} could be rebuilt."
    elif differ and rebuilt.memory_fed:
        yield "The remembered events are taken in by their time; the worker may have read their partitions in a slightly other order."
    for address, before in rebuilt.missing:
        yield f"The log begins at {address}: what the customer may have done in the {before:,} records before is not known."
    if rebuilt.changed_items:
        yield f"{rebuilt.changed_items:,} articles were described anew since; where the older description is gone, the new one is used."


def _items(shown: SuggestedList | None) -> list[str]:
    return [] if shown is None else [item.item_id for item in shown.items]


def _card(name: str, before: SuggestedItem, after: SuggestedItem) -> Iterator[Difference]:
    for field in NUMBERS:
        was, now = getattr(before, field), getattr(after, field)
        if (was is None) != (now is None) or (was is not None and not abs(was - now) <= SAME):
            yield Difference(field, name, before.item_id, was, now)
    for field in WORDS:
        was, now = getattr(before, field), getattr(after, field)
        if was != now:
            yield Difference(field, name, before.item_id, was, now)
    if before.reason.text != after.reason.text:
        yield Difference("reason", name, before.item_id, before.reason.text, after.reason.text)
