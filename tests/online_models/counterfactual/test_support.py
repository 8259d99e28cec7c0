"""Whether a log tells enough."""

import pytest

from online_models.counterfactual.support import Support
from online_models.counterfactual.tally import Tally
from tests.online_models.counterfactual.bandit import a_log


def test_kish_counts_equal_weights_as_they_are_and_one_heavy_card_as_one():
    equal, heavy = Tally(), Tally()
    for number in range(50):
        equal.add(f"c{number}", 0.3, taken=False)
        heavy.add(f"c{number}", 1_000.0 if number == 0 else 0.001, taken=False)
    assert equal.effective == pytest.approx(50)
    # (1000 + 49 x 0.001)^2 / (1000^2 + 49 x 0.001^2) = 1.0001
    assert heavy.effective == pytest.approx(1.0001, abs=1e-5)
    assert Tally().effective == 0.0


def test_enough_is_told_by_its_figures():
    tally = a_log(1)
    support = Support.of(tally)
    assert support.thin() == ()
    assert (support.customers, support.seen, support.weighted, support.share) == (150, tally.seen, tally.seen, 1.0)
    assert support.largest == pytest.approx(0.60 / 0.15)
    assert support.covered == pytest.approx(1.0, abs=0.1)


def test_every_lack_is_a_reason_of_its_own():
    # given 3 customers with one card each, taken up by one of them, of which the new policy would show one
    tally = Tally()
    for customer, weight, taken in (("ana", 1.0, True), ("bob", 0.0, False), ("eve", 0.0, False)):
        tally.add(customer, weight, taken=taken)
    support = Support.of(tally)
    assert (support.weighted, support.customers_weighted, support.taken_weighted, support.share) == (1, 1, 1, 1 / 3)
    assert support.covered == pytest.approx(1 / 3)
    assert [reason.split(",")[0] for reason in support.thin()] == [
        "an effective sample of 1 cards",
        "1 customers",
        "1 cards taken up",
        "the log tells of 33% of what it would show at the seen places",
    ]


def test_a_place_that_the_new_policy_leaves_empty_needs_no_support():
    tally = Tally()
    for number in range(10):
        tally.add(f"c{number}", float(number < 5), taken=False, filled=number < 5)
    # it fills 5 of 10 places, and of these the log tells
    assert Support.of(tally).covered == 1.0
    assert Support.of(tally).share == 0.5


def test_of_an_empty_log_everything_is_thin():
    support = Support.of(Tally())
    assert (support.seen, support.share, support.effective, support.covered) == (0, 0.0, 0.0, 0.0)
    assert len(support.thin()) == 4
