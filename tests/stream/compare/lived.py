"""A log of a real shop as it was lived: what the live policy showed, by its own draws, and what customers of a known taste took up."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random

import msgspec
from msgspec import Struct

from online_models.policy.policy import Policy
from online_models.recommend import Recommendation
from stream.contracts.ids import Origin
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import CLICKSTREAM, SUGGESTIONS, TRAINING
from stream.contracts.training import Outcome, Shown
from stream.engine.decode import Decoded
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.engine.who import pseudonymiser
from stream.replay.in_memory import InMemory
from tests.support.past import PARTITIONS

WHO = pseudonymiser("k1", b"a secret of the test")
LIVE = Policy.of(b"[accessories]\nmin_evidence = 1\n[exploration]\nshare = 0.5\namong = 3\n", name="live")
PLAIN = Policy.of(b"[accessories]\nmin_evidence = 1\n", name="plain")
SPREAD = Policy.of(b"[accessories]\nmin_evidence = 1\n[exploration]\nshare = 0.9\namong = 2\n", name="spread")
SHORT = Policy.of(b"[accessories]\nmin_evidence = 1\nitems = 2\n", name="short")
Tastes = Mapping[str, float]
AFTER_MS = 1_000  # a card is seen so long after its event, and taken up as much later


class Lived(Struct):
    """One replay under one policy: answers by suggestion id, the customers, and what was sent."""

    answers: dict[str, Recommendation]
    customers: dict[str, str]
    sent: list[Record]

    @property
    def suggestions(self) -> list[Suggestion]:
        return [msgspec.json.decode(one.value or b"", type=Suggestion) for one in self.sent if one.topic == SUGGESTIONS]

    @property
    def shown(self) -> list[tuple[Record, Shown]]:
        """Return the records of what was shown, each with what it says; outcomes and examples are left out."""
        training = [one for one in self.sent if one.topic == TRAINING and b'"kind":"shown"' in (one.value or b"")]
        return [(one, msgspec.json.decode(one.value or b"", type=Shown)) for one in training]


async def lived(records: Sequence[Record], policy: Policy) -> Lived:
    """Work the records under a policy."""
    found = Lived({}, {}, [])

    def answered(decoded: Decoded, answer: Recommendation) -> None:
        found.answers[str(decoded.origin)], found.customers[str(decoded.origin)] = answer, decoded.customer

    run = InMemory(Knowledge(policy), pseudonymise=WHO, partitions=PARTITIONS, tell=found.sent.append, answered=answered)
    await run.begin()
    await run.work(records)
    await run.end()
    return found


def tastes_of(live: Lived) -> Tastes:
    """Return how likely each item is taken up by whoever sees it: 0.05 .. 0.65, the more often the policy itself would give it the place.

    So what chance puts in a last place is liked less than what it takes the place of.
    """
    owner, other = Counter[str](), Counter[str]()
    for answer in live.answers.values():
        for (first, _), *rest in answer.chances.values():
            owner[first] += 1
            other.update(name for name, _ in rest)
    return defaultdict(lambda: 0.35, {name: 0.05 + 0.6 * owner[name] / (owner[name] + other[name]) for name in {**owner, **other}})


def outcomes_of(shown: Sequence[tuple[Record, Shown]], tastes: Tastes, seed: int, *, impressions: bool = True) -> list[Record]:
    """Return what became of all that was shown: each card was seen, and clicked on by its taste."""
    chance, found = Random(seed), []
    for record, said in shown:
        items = [item.item_id for item in said.items]
        if impressions:
            found.append(_outcome(record.timestamp_ms + AFTER_MS, said, "view_item_list", items))
        for item_id in items:
            if chance.random() < tastes[item_id]:
                found.append(_outcome(record.timestamp_ms + 2 * AFTER_MS, said, "select_item", [item_id]))
    return found


def archive_of(inputs: Sequence[Record], training: Sequence[Record]) -> list[Record]:
    """Return inputs and training records as an archive has them: in the order of time, with offsets of their own in their topic."""
    ordered = sorted(training, key=lambda one: one.timestamp_ms)
    placed = [msgspec.structs.replace(one, partition=0, offset=offset) for offset, one in enumerate(ordered)]
    return sorted([*inputs, *placed], key=lambda one: (one.timestamp_ms, one.topic, one.partition, one.offset))


def truth(own: Lived, shown: Sequence[tuple[Record, Shown]], tastes: Tastes, policy: Policy) -> float:
    """Return how likely a card is taken up that the policy puts at the seen places, over all draws; `own`: its own replay.

    The exact probabilities of a place are worked out anew from the policy: 1, or in an explored last place 1 - share for its owner and
    share / n for each of the n next.
    """
    taken, cards = 0.0, 0
    for _, said in shown:
        lists = {one.item_list_id: one.items for one in own.answers[said.suggestion_id].lists}
        for item in said.items:
            row = lists.get(item.item_list_id, ())
            if item.index >= len(row):
                continue
            cards += 1
            others = own.answers[said.suggestion_id].chances.get(item.item_list_id)
            if others is None or item.index < len(row) - 1:
                taken += tastes[row[item.index].item_id]
            else:
                (owner, _), *rest = others
                share = policy.exploration.share
                taken += (1 - share) * tastes[owner] + share * sum(tastes[name] for name, _ in rest) / len(rest)
    return taken / cards


def _outcome(at_ms: int, said: Shown, event: str, items: Sequence[str]) -> Record:
    outcome = Outcome(Origin(CLICKSTREAM, 0, at_ms), said.suggestion_id, at_ms, event, items[0], tuple(items[1:]))
    return Record(TRAINING, 0, 0, at_ms, None, msgspec.json.encode(outcome))
