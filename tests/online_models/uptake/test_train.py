"""From training records to a model that survives its trainer."""

import base64
from collections.abc import Iterable
from itertools import pairwise

import msgspec
import numpy as np
import pytest

from online_models.uptake.features import D
from online_models.uptake.join import KINDS, LATE_MS, MINUTE_MS, WINDOW_MS
from online_models.uptake.train import UptakeTrainer
from online_models.uptake.worth import worth_of, worths
from stream.contracts.ids import Origin
from stream.contracts.training import Outcome, OutcomeCount, Shown, ShownItem, UptakeState

NOON_MS = 1_763_812_800_000
ONES = base64.b64encode(np.ones(D, "<f4").tobytes()).decode()
Entry = tuple[int, Shown | Outcome]


def shown(number: int, *items: str, minute: float = 0, x: str = ONES) -> Shown:
    lines = tuple(ShownItem(item, "accessories", index, 1.0, x) for index, item in enumerate(items or ("tea",)))
    return Shown(Origin("clicks", 0, number), f"s{number}", NOON_MS + int(minute * MINUTE_MS), lines)


def outcome(number: int, event: str, *items: str, minute: float = 0) -> Outcome:
    first, *more = items or ("tea",)
    return Outcome(Origin("clicks", 0, 10**6 + number), f"s{number}", NOON_MS + int(minute * MINUTE_MS), event, first, tuple(more))


def told(*entries: Shown | Outcome, written_ms: int = NOON_MS + 10**9, trainer: UptakeTrainer | None = None) -> UptakeState:
    trainer = trainer or UptakeTrainer()
    for offset, entry in enumerate(entries):
        trainer.take(entry, offset=offset, written_ms=written_ms)
    return trainer.state()


def a_day(seed: int) -> list[Entry]:
    """Return eight hours of a shop: looks, clicks, carts, orders and dismissals that come late, twice, in any order, or never."""
    chance = np.random.default_rng(seed)
    entries: list[tuple[float, Shown | Outcome]] = []
    for number in range(400):
        minute, items = float(chance.uniform(0, 480)), [f"i{at}" for at in range(chance.integers(1, 5))]
        x = base64.b64encode(chance.random(D).astype("<f4").tobytes()).decode()
        entries += [(minute, shown(number, *items, minute=minute, x=x))] * (1 + (chance.random() < 0.1))
        for event in chance.choice(KINDS, size=chance.integers(0, 5)):
            later = minute + float(chance.exponential(40))
            heard = outcome(
                number, str(event), *chance.choice(items, size=chance.integers(1, 3)), minute=later + float(chance.normal(0, 5))
            )
            entries += [(later, heard)] * (1 + (chance.random() < 0.1))
    in_order = [entry for _, entry in sorted(entries, key=lambda one: one[0])]
    # what was shown has origins that grow, as the partition's have; a repeat keeps its own
    names = {number: place for place, number in enumerate(dict.fromkeys(e.origin.offset for e in in_order if isinstance(e, Shown)))}
    renamed = [
        msgspec.structs.replace(e, origin=Origin("clicks", 0, names[e.origin.offset])) if isinstance(e, Shown) else e for e in in_order
    ]
    return list(enumerate(renamed))


def go_on(trainer: UptakeTrainer, entries: Iterable[Entry], *, learnt_to: int = 0) -> None:
    for offset, entry in entries:
        trainer.take(entry, offset=offset, written_ms=NOON_MS + 10**9, again=offset < learnt_to)


def test_an_impression_and_a_click_are_one_yes_and_what_was_passed_over_one_no():
    state = told(
        shown(1, "tea", "cup", "kettle"),
        outcome(1, "view_item_list", "tea", "cup"),
        outcome(1, "select_item", "tea", minute=1),
        outcome(1, "select_item", "tea", minute=1),
        shown(2, minute=31),
    )
    assert (state.model.examples, state.taken) == (2, 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_trainer_that_restarts_wherever_it_likes_ends_with_the_same_model(seed: int):
    # given one trainer that never stops
    entries = a_day(seed)
    whole = UptakeTrainer()
    go_on(whole, entries)
    # when another one is stopped at seven places, and each time goes on from what it had published, as JSON
    chance = np.random.default_rng(seed)
    stops = [0, *sorted(chance.choice(len(entries), size=7, replace=False).tolist()), len(entries)]
    state, resume_from = None, 0
    for learnt_to, until in pairwise(stops):
        trainer = UptakeTrainer(state)
        go_on(trainer, entries[resume_from:until], learnt_to=learnt_to)
        state = msgspec.json.decode(msgspec.json.encode(trainer.state()), type=UptakeState)
        resume_from = trainer.resume_from(until)
        assert resume_from <= until
    # then both have come to the very same weights, figures and memory of what was taken in
    assert state == whole.state()
    assert state is not None
    assert (state.model.examples > 200, state.taken > 100, state.outcomes["view_item_list"].n > 100) == (True, True, True)


def test_what_is_read_again_after_a_restart_is_joined_and_not_learnt():
    first = UptakeTrainer()
    entries = list(enumerate([shown(1), outcome(1, "view_item_list"), shown(2, minute=31)]))
    go_on(first, entries)
    state = first.state()
    assert (state.model.examples, first.resume_from(3)) == (1, 0)
    second = UptakeTrainer(state)
    go_on(second, entries, learnt_to=3)
    assert second.state() == state
    # and the late yes finds the no that it corrects
    go_on(second, [(3, outcome(1, "add_to_cart", minute=40))], learnt_to=3)
    assert (second.state().model.examples, second.state().taken) == (1, 1)


def test_a_customer_whose_clock_runs_ahead_closes_no_windows():
    written_ms = NOON_MS + MINUTE_MS
    seen = [shown(1), outcome(1, "view_item_list")]
    # the second suggestion says that it is ten hours later, but was written one minute later
    state = told(*seen, shown(2, minute=600), written_ms=written_ms)
    assert (state.model.examples, state.clock_ms) == (0, NOON_MS)  # of the oldest that is held


def test_features_of_another_release_are_not_learnt():
    trainer = UptakeTrainer()
    other = shown(1, x=base64.b64encode(b"\0\0\0\0").decode())
    assert trainer.take(other, offset=0, written_ms=NOON_MS) == "foreign"
    assert trainer.take(outcome(1, "select_item"), offset=1, written_ms=NOON_MS) == "unmatched"
    assert trainer.take(outcome(1, "dance"), offset=2, written_ms=NOON_MS) == "foreign"
    assert trainer.state().model.examples == 0


def test_features_that_are_no_numbers_are_not_learnt():
    odd = base64.b64encode(np.full(D, np.nan, "<f4").tobytes()).decode()
    assert told(shown(1, x=odd), outcome(1, "select_item")).model.examples == 0


def test_what_a_click_is_worth_is_learnt_from_what_was_bought_in_the_end():
    # given four cards that were seen: one was clicked and bought, one clicked, one put into the cart and bought, one passed over
    day = [shown(number) for number in range(4)] + [outcome(number, "view_item_list") for number in range(4)]
    day += [outcome(number, "select_item", minute=1) for number in (0, 1)] + [outcome(2, "add_to_cart", minute=1)]
    day += [outcome(number, "purchase", minute=50) for number in (0, 2)]
    final = (WINDOW_MS + LATE_MS) / MINUTE_MS
    outcomes = told(*day, shown(9, minute=final)).outcomes
    assert outcomes == {
        "view_item_list": OutcomeCount(4, 2),
        "select_item": OutcomeCount(2, 1),
        "add_to_cart": OutcomeCount(1, 1),
        "purchase": OutcomeCount(2, 2),
    }
    # (bought + 1/2) / (n + 1): 2.5 of 5, 1.5 of 3, 1.5 of 2
    assert worths(outcomes) == {"view_item_list": 0.5, "select_item": 0.5, "add_to_cart": 0.75, "purchase": 1.0}
    assert worth_of("select_item", {}) == 0.5
