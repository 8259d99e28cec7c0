"""A real shop's log under several policies: every figure against one that is worked out apart."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from statistics import fmean

import msgspec
import pytest
from msgspec.structs import replace

from online_models.counterfactual.estimates import Estimate, snips
from online_models.counterfactual.support import Support
from online_models.counterfactual.tally import Tally
from online_models.policy.policy import Policy
from stream.archive.wanted import Wanted
from stream.compare.compared import Compared, PolicyFigures
from stream.compare.figures import what
from stream.compare.logged import NO_CAUSE, NO_IMPRESSION, NO_TRAINING, Logged
from stream.compare.places import places_of
from stream.compare.run import Candidate, Comparison, same_rules
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import TRAINING
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.replay.chosen import Chosen
from tests.stream.compare.lived import LIVE, PLAIN, SHORT, SPREAD, WHO, Lived, archive_of, outcomes_of, tastes_of, truth
from tests.support.past import PARTITIONS

SEED = 11
FEW = 150
LIVES = 60


def compared(archive: Sequence[Record], *policies: Policy, chosen: Chosen = Chosen(), clip: float | None = None) -> Compared:  # noqa: B008
    candidates = [Candidate(f"p{number}", Knowledge(policy)) for number, policy in enumerate(policies)]
    return asyncio.run(Comparison(candidates, pseudonymise=WHO, partitions=PARTITIONS, clip=clip).of(coming(archive), chosen))


async def coming(records: Sequence[Record]) -> AsyncIterator[Record]:
    for record in records:
        yield record


@pytest.fixture(scope="module")
def archive(orders: list[Record], live: Lived) -> list[Record]:
    shown = [record for record, _ in live.shown]
    return archive_of(orders, [*shown, *outcomes_of(live.shown, tastes_of(live), SEED)])


@pytest.fixture(scope="module")
def done(archive: list[Record]) -> Compared:
    """The log as it was lived, under the policy that was live, without its chance, and with more of it."""
    return compared(archive, LIVE, PLAIN, SPREAD)


@pytest.fixture(scope="module")
def clicked(archive: list[Record]) -> set[tuple[str, str]]:
    """Return (suggestion, item) of what was taken up, read from the log by itself."""
    said = [msgspec.json.decode(one.value or b"{}") for one in archive if one.topic == TRAINING]
    return {(one["suggestion_id"], one["item_id"]) for one in said if one.get("event") == "select_item"}


def test_what_each_policy_says_is_what_its_own_replay_says(done: Compared, live: Lived, plain: Lived, orders: list[Record]):
    assert (done.records, done.events, done.dead_letters) == (len(orders), len(orders), 0)
    for told, own in zip(done.policies, (live, plain), strict=False):
        says = own.suggestions
        assert told.spoke == sum(any(shown.items for shown in one.lists) for one in says) > 100
        assert {name: figures.cards for name, figures in told.lists.items() if figures.cards} == _cards(says)
        assert told.cards == sum(_cards(says).values())
        silent = Counter((name, rule) for answer in own.answers.values() for name, rule in answer.silences)
        assert {(name, rule): n for name, one in told.lists.items() for rule, n in one.silent.items()} == silent


def test_prices_are_the_mean_of_the_cards_that_have_one(done: Compared, plain: Lived):
    for name, figures in done.policies[1].lists.items():
        cards = [card for one in plain.suggestions for shown in one.lists if shown.item_list_id == name for card in shown.items]
        prices = [card.price for card in cards if card.price is not None]
        differences = [card.price_difference for card in cards if card.price_difference is not None]
        if not prices:
            assert figures.prices == {}
            continue
        [(currency, told)] = figures.prices.items()
        assert (currency, told.cards, told.compared) == ("GBP", len(prices), len(differences))
        assert told.mean == pytest.approx(fmean(prices))
        assert told.difference == (pytest.approx(fmean(differences)) if differences else None)
    assert done.policies[1].lists["accessories"].prices["GBP"].compared > 100


def test_events_with_other_cards_are_those_whose_suggestions_differ(done: Compared, live: Lived, plain: Lived):
    counted = Counter[str]()
    for origin, answer in live.answers.items():
        first, this = what(answer), what(plain.answers[origin])
        if first or this:
            counted["same" if first == this else "other" if first and this else "one"] += 1
    told = done.policies[1].against
    assert told is not None
    assert (told.same, told.other, told.only_first + told.only_this) == (counted["same"], counted["other"], counted["one"])
    assert told.other > 20
    # and what only one of them shows is told with its cards, most first
    here, there = _items(live.suggestions), _items(plain.suggestions)
    assert told.items_only_first == {item: n for item, n in here.items() if item not in there}
    assert told.items_only_this == {item: n for item, n in there.items() if item not in here}
    assert list(told.items_only_first.values()) == sorted(told.items_only_first.values(), reverse=True)
    assert done.policies[0].against is None


def test_a_shorter_list_speaks_as_often_and_shows_fewer_cards(orders: list[Record]):
    first, told = compared(orders[: 2 * FEW], PLAIN, SHORT).policies
    long, short = first.lists["accessories"], told.lists["accessories"]
    assert long.spoke == short.spoke > 20
    assert (short.silent, short.cards < long.cards) == (long.silent, True)
    assert short.cards <= 2 * short.spoke
    # what is left out is shown by the first alone
    assert told.against is not None
    assert told.against.other + told.against.same == short.spoke
    assert len(told.against.items_only_first) - len(told.against.items_only_this) == first.items - told.items > 0


def test_the_policy_that_was_live_has_the_observed_uptake(done: Compared, live: Lived, clicked: set[tuple[str, str]]):
    cards = [(said.suggestion_id, item.item_id) for _, said in live.shown for item in said.items]
    logged = done.logged
    assert (logged.suggestions, logged.seen, logged.unmatched, logged.damaged) == (len(live.shown), len(cards), 0, 0)
    assert (logged.taken, logged.missing) == (len(clicked), None)
    # every weight is 1: as it was shown, so it is shown again, by the same chance
    told = done.policies[0].uptake
    assert told is not None
    assert (told.support.share, told.support.largest, told.support.effective) == pytest.approx((1.0, 1.0, len(cards)))
    assert told.snips == told.ips == logged.observed
    assert told.beyond == 0
    assert logged.observed is not None
    assert logged.observed.value == pytest.approx(len(clicked) / len(cards))


def test_weights_are_those_that_a_look_at_both_suggestions_gives(done: Compared, live: Lived, plain: Lived, clicked: set[tuple[str, str]]):
    # given that without chance a place has its item for certain, the weight of a card is 1 / its propensity or 0
    weights: dict[tuple[str, str], float] = {}
    for _, said in live.shown:
        rows = {shown.item_list_id: [card.item_id for card in shown.items] for shown in plain.answers[said.suggestion_id].lists}
        for item in said.items:
            stands = rows.get(item.item_list_id, [])[item.index : item.index + 1] == [item.item_id]
            weights[said.suggestion_id, item.item_id] = stands / item.propensity
    taken = sum(weight for card, weight in weights.items() if card in clicked)
    told = done.policies[1].uptake
    assert told is not None
    assert told.thin == ()
    assert told.snips is not None
    assert told.ips is not None
    assert told.snips.value == pytest.approx(taken / sum(weights.values()))
    assert told.ips.value == pytest.approx(taken / len(weights))
    assert told.support.effective == pytest.approx(sum(weights.values()) ** 2 / sum(weight**2 for weight in weights.values()))
    assert told.support.weighted == sum(weight > 0 for weight in weights.values())
    assert told.support.largest == 1 / 0.5
    # and the difference to the live policy is that of the two
    first = done.policies[0].uptake
    assert told.against is not None
    assert first is not None
    assert first.snips is not None
    assert told.against.value == pytest.approx(told.snips.value - first.snips.value)


def test_over_many_lives_the_estimates_are_what_each_policy_would_really_have_earned(live: Lived, plain: Lived, spread: Lived):
    # given 60 lives of the same customers with the same cards, who take up by the same tastes and another chance each time
    tastes, each = tastes_of(live), (live, plain, spread)
    truths = [truth(own, live.shown, tastes, policy) for own, policy in zip(each, (LIVE, PLAIN, SPREAD), strict=True)]
    assert max(truths) - min(truths) > 0.05
    lives = [tallies_of(live, each, outcomes_of(live.shown, tastes, seed)) for seed in range(LIVES)]
    # then the mean of each policy's estimates is its truth, within one twentieth of it, and the intervals hold it in nearly all lives
    for number, true in enumerate(truths):
        found = [known(snips(tallies[number])) for tallies in lives]
        assert fmean(one.value for one in found) == pytest.approx(true, rel=0.05)
        assert sum(one.holds(true) for one in found) >= LIVES * 0.9
        assert not Support.of(lives[0][number]).thin()
    # and the intervals are of some use: no wider than the truth is high
    assert all(one.high - one.low < truths[2] for one in found)


def test_clipped_weights_are_counted_and_cut(archive: list[Record]):
    _, told = compared(archive[: FEW * 3], LIVE, PLAIN, clip=1.5).policies
    assert told.uptake is not None
    assert told.uptake.support.largest == 1.5
    assert told.uptake.support.clipped > 0


def test_a_policy_with_nothing_in_common_has_no_figure_and_says_why(archive: list[Record]):
    silent = Policy.of(b"order = ['upgrades']\n", name="silent")
    first, told = compared(archive, LIVE, silent).policies
    assert first.uptake is not None
    assert first.uptake.snips is not None
    assert told.uptake is not None
    assert (told.uptake.snips, told.uptake.ips, told.uptake.against) == (None, None, None)
    assert (told.uptake.support.weighted, told.uptake.support.effective) == (0, 0.0)
    assert len(told.uptake.thin) == 4
    assert told.uptake.beyond == told.cards
    # and it speaks where the other does not, or not at all
    assert told.against is not None
    assert told.against.only_first == first.spoke


def test_a_log_that_does_not_hold_what_was_shown_is_compared_and_says_what_to_export(orders: list[Record], live: Lived):
    few, shown = orders[:FEW], live.shown[:40]
    assert all(_is_bare(one, NO_TRAINING) for one in _told(few, []))
    unseen = outcomes_of(shown, tastes_of(live), SEED, impressions=False)
    assert all(_is_bare(one, NO_IMPRESSION) for one in _told(few, [*[record for record, _ in shown], *unseen]))
    both = [*[record for record, _ in shown], *outcomes_of(shown, tastes_of(live), SEED)]
    assert all(_is_bare(one, NO_CAUSE) for one in _told([], both))


def test_outcomes_count_also_where_they_come_after_what_was_chosen(archive: list[Record], orders: list[Record], live: Lived):
    # given the first 150 inputs, whose last outcomes lie a second later
    limited = compared(archive, LIVE, PLAIN, chosen=Chosen(limit=FEW)).logged
    until_ms = orders[FEW - 1].timestamp_ms
    early = [said for record, said in live.shown if record.timestamp_ms <= until_ms]
    assert limited.seen == sum(len(said.items) for said in early) > 0
    # and the same by time
    timed = compared(archive, LIVE, PLAIN, chosen=Chosen(Wanted(to_ms=until_ms + 1))).logged
    assert (timed.seen, timed.taken, timed.unmatched) == (limited.seen, limited.taken, 0)


def test_a_record_that_cannot_be_read_is_counted_and_other_kinds_are_passed_over(orders: list[Record]):
    at_ms = orders[0].timestamp_ms
    lines = [b"no JSON", b'{"kind":"shown"}', b'{"kind":"of a later release"}', b'{"kind":"example","z":""}']
    training = [Record(TRAINING, 0, 0, at_ms, None, line) for line in lines]
    assert compared(archive_of(orders[:5], training), LIVE, PLAIN).logged.damaged == 2


def test_policies_are_the_same_whose_rules_are():
    assert same_rules(PLAIN, Policy.of(b"# written otherwise\naccessories = {min_evidence = 1}\n", name="other"))
    assert not same_rules(PLAIN, SHORT)
    assert not same_rules(PLAIN, replace(PLAIN, life_minutes=14.0))


def tallies_of(live: Lived, each: Sequence[Lived], outcomes: Sequence[Record]) -> list[Tally]:
    """Return what the log tells of each policy, from replays that are done already."""
    log, tallies = Logged(), [Tally() for _ in each]
    for record in [*[record for record, _ in live.shown], *outcomes]:
        log.take(record)
    for origin, customer in live.customers.items():
        log.answered(origin, customer, [places_of(one.answers[origin]) for one in each], 0)
    for card in [*log.settled(), *log.rest()]:
        for tally, weight, filled in zip(tallies, card.weights, card.filled, strict=True):
            tally.add(card.customer, weight, taken=card.taken, filled=filled)
    return tallies


def known(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


def _told(inputs: Sequence[Record], training: Sequence[Record]) -> list[tuple[PolicyFigures, str | None]]:
    done = compared(archive_of(inputs, training), LIVE, PLAIN)
    return [(one, done.logged.missing) for one in done.policies]


def _is_bare(told: tuple[PolicyFigures, str | None], missing: str) -> bool:
    return told[0].uptake is None and told[1] == missing


def _cards(suggestions: Sequence[Suggestion]) -> Counter[str]:
    return Counter(shown.item_list_id for one in suggestions for shown in one.lists for _ in shown.items)


def _items(suggestions: Sequence[Suggestion]) -> Counter[str]:
    return Counter(card.item_id for one in suggestions for shown in one.lists for card in shown.items)
