"""Cards that were shown, joined with what became of them, in whatever order the log has them."""

from collections.abc import Sequence

import msgspec
import pytest

from stream.compare.logged import ANSWER_KEPT_MS, HEARD_MS, Logged, Seen
from stream.compare.places import Places
from stream.contracts.ids import Origin
from stream.contracts.topics import CLICKSTREAM, TRAINING
from stream.contracts.training import Outcome, Shown, ShownItem
from stream.engine.record import Record

NOW_MS = 1_763_780_000_000
ANA, ID = "k1:ana", f"{CLICKSTREAM}:0:7"
ORIGIN = Origin(CLICKSTREAM, 0, 7)
SURE: Places = {"accessories": ({"tea": 1.0}, {"cup": 0.2, "pot": 0.8})}
SILENT: Places = {}


def training(said: Shown | Outcome, at_ms: int = NOW_MS) -> Record:
    return Record(TRAINING, 0, 0, at_ms, None, msgspec.json.encode(said))


def shown(propensity: float = 0.25, at_ms: int = NOW_MS) -> Record:
    items = (ShownItem("tea", "accessories", 0, 1.0, ""), ShownItem("cup", "accessories", 1, propensity, ""))
    return training(Shown(ORIGIN, ID, at_ms, items), at_ms)


def outcome(event: str, *items: str, at_ms: int = NOW_MS + 1, list_id: str | None = None) -> Record:
    first, *more = items or ("",)
    return training(Outcome(Origin(CLICKSTREAM, 0, 8), ID, at_ms, event, first, tuple(more), list_id), at_ms)


def logged(*records: Record, each: Sequence[Places] = (SURE, SILENT)) -> tuple[Logged, list[Seen]]:
    log = Logged()
    log.answered(ID, ANA, each, NOW_MS)
    for record in records:
        log.take(record)
    return log, list(log.rest())


def test_a_cards_weight_is_its_chance_under_a_policy_by_its_logged_propensity():
    log, (tea, cup) = logged(shown(), outcome("view_item_list", "tea", "cup"), outcome("select_item", "cup"))
    assert tea == Seen(ANA, False, (1.0 / 1.0, 0.0), (True, False))
    assert cup == Seen(ANA, True, (0.2 / 0.25, 0.0), (True, False))
    assert (log.shown, log.impressions, log.matched, log.unmatched, log.missing) == (1, 1, 2, 0, None)


@pytest.mark.parametrize(
    ("event", "taken"),
    [("view_item_list", False), ("dismiss_suggestion", False), ("select_item", True), ("add_to_cart", True), ("purchase", True)],
)
def test_a_card_counts_once_it_was_seen_and_is_taken_up_by_a_click_a_cart_or_a_purchase(event: str, taken: bool):
    _, [card] = logged(shown(), outcome(event, "tea"))
    assert card.taken is taken


def test_what_nobody_saw_does_not_count_and_a_dismissed_list_was_seen():
    assert logged(shown())[1] == []
    assert len(logged(shown(), outcome("dismiss_suggestion", list_id="accessories"))[1]) == 2
    assert logged(shown(), outcome("dismiss_suggestion", list_id="upgrades"))[1] == []
    assert logged(shown(), outcome("of_a_later_release", "tea"))[1] == []


def test_the_order_of_answer_and_record_does_not_matter_and_a_repeated_record_counts_once():
    log = Logged()
    for record in (shown(), outcome("view_item_list", "tea"), shown()):
        log.take(record)
    log.answered(ID, ANA, [SURE], NOW_MS)
    assert [card.weights for card in log.rest()] == [(1.0,)]
    assert log.shown == 1


def test_a_card_is_given_out_once_two_hours_are_over_and_what_is_heard_later_is_too_late():
    log = Logged()
    log.answered(ID, ANA, [SURE], NOW_MS)
    for record in (shown(), outcome("view_item_list", "tea")):
        log.take(record)
    log.answered("another", ANA, [SURE], NOW_MS + HEARD_MS - 1)
    assert list(log.settled()) == []
    log.answered("a third", ANA, [SURE], NOW_MS + HEARD_MS)
    assert [card.taken for card in log.settled()] == [False]
    log.take(outcome("select_item", "tea", at_ms=NOW_MS + HEARD_MS))
    assert list(log.rest()) == []


def test_an_occasion_that_was_not_replayed_is_counted_and_an_answer_is_not_kept_for_ever():
    log = Logged()
    log.answered(ID, ANA, [SURE], NOW_MS)
    log.answered("another", ANA, [SURE], NOW_MS + ANSWER_KEPT_MS)
    assert list(log.settled()) == []
    for record in (shown(at_ms=NOW_MS + ANSWER_KEPT_MS), outcome("view_item_list", "tea", "cup", at_ms=NOW_MS + ANSWER_KEPT_MS)):
        log.take(record)
    assert list(log.rest()) == []
    assert (log.unmatched, log.matched) == (2, 0)


@pytest.mark.parametrize("propensity", [0.0, -0.5, 1.5])
def test_a_propensity_that_is_no_probability_is_damage(propensity: float):
    log, cards = logged(shown(propensity), outcome("view_item_list", "tea", "cup"))
    assert (log.damaged, len(cards)) == (1, 1)
