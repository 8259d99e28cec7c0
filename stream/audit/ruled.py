"""Where a suggestion is not what the policy that it names allows. Pure."""

from collections.abc import Iterator

from online_models.policy.holdout import experiment, held_out
from online_models.policy.policy import Policy
from stream.audit.checks import Difference, has_cards
from stream.contracts.suggestion import SuggestedList, Suggestion

FALLING = frozenset({"upgrades", "alternatives"})  # lists of one kind: only campaigns, margin and chance put a lower score first


def against_policy(suggestion: Suggestion, policy: Policy) -> Iterator[Difference]:
    """Yield what the rules would not have let out: who is answered, for how long, which lists, how long they are, what chance may do."""
    if held_out(suggestion.customer, policy.holdout):
        yield Difference("held out", "suggestion", None, "shown", "nothing")
    if suggestion.experiment != experiment(policy.holdout):
        yield Difference("experiment", "suggestion", None, str(suggestion.experiment), str(experiment(policy.holdout)))
    if (life_ms := suggestion.expires_ms - suggestion.created_ms) != policy.expiry_ms:
        yield Difference("life in ms", "suggestion", None, life_ms, policy.expiry_ms)
    names = [one.item_list_id for one in suggestion.lists]
    allowed = [name for name in policy.order if name in names]
    if names != allowed:
        yield Difference("order of lists", "suggestion", None, ", ".join(names), ", ".join(allowed))
    for one in suggestion.lists:
        if has_cards((one,)):
            yield from _list(one, suggestion.context.event, policy)


def _list(shown: SuggestedList, event: str, policy: Policy) -> Iterator[Difference]:
    name, rules = shown.item_list_id, policy.rules(shown.item_list_id)
    if event not in rules.triggers:
        yield Difference("trigger", name, None, event, ", ".join(rules.triggers))
    if len(shown.items) > rules.items:
        yield Difference("cards", name, None, len(shown.items), rules.items)
    chances = [item.p_uptake for item in shown.items if item.p_uptake is not None]
    if chances and max(chances) < policy.uptake.min_p and not policy.always_speak:
        yield Difference("p_uptake", name, None, max(chances), f"at least {policy.uptake.min_p:g}")
    if name in FALLING and not (policy.margin.weight or policy.campaigns or policy.exploration.share):
        for before, after in zip(shown.items, shown.items[1:], strict=False):
            if before.score < after.score:
                yield Difference("order", name, before.item_id, f"before {after.item_id}", f"after {after.item_id}")
    *certain, last = shown.items
    for item in certain:
        if item.propensity != 1.0:
            yield Difference("propensity", name, item.item_id, item.propensity, 1.0)
    share, among = policy.exploration.share, policy.exploration.among
    if last.propensity not in {1.0} | ({1.0 - share, *(share / n for n in range(1, among + 1))} if share else set()):
        yield Difference("propensity", name, last.item_id, last.propensity, "none that exploration gives")
