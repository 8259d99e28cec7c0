"""IPS, SNIPS and their intervals, where the truth is known."""

from math import isinf, sqrt

import numpy as np
import pytest
from scipy.stats import t

from online_models.counterfactual.estimates import Estimate, difference, ips, observed, snips, student_t
from online_models.counterfactual.tally import Tally
from tests.online_models.counterfactual.bandit import LOGGED, TAKEN, TRUTH, WANTED, a_log

SEEDS = 400


def tally_of(*cards: tuple[str, float, bool]) -> Tally:
    tally = Tally()
    for customer, weight, taken in cards:
        tally.add(customer, weight, taken=taken)
    return tally


def known(estimate: Estimate | None) -> Estimate:
    assert estimate is not None
    return estimate


# By hand

FOUR = (("ana", 2.0, True), ("ana", 1.0, False), ("bob", 0.5, False), ("eve", 1.5, True))


def test_ips_divides_by_the_cards_and_snips_by_the_weights():
    tally = tally_of(*FOUR)
    assert known(ips(tally)).value == (2.0 + 1.5) / 4
    assert known(snips(tally)).value == (2.0 + 1.5) / (2.0 + 1.0 + 0.5 + 1.5)


def test_an_interval_takes_each_customer_as_one_observation():
    # given R = 3.5 / 5; a customer's error is (taken - R x weight) / 5: ana (2 - 2.1) / 5, bob (0 - 0.35) / 5, eve (1.5 - 1.05) / 5
    found, errors = known(snips(tally_of(*FOUR))), [-0.02, -0.07, 0.09]
    assert found.value - found.low == pytest.approx(student_t(2) * sqrt(3 / 2 * sum(error**2 for error in errors)))
    assert found.high == 1.0  # a share is never above
    # and of IPS, 3.5 / 4, the errors are (taken - 0.875 x cards) / 4: ana (2 - 1.75) / 4, bob -0.875 / 4, eve (1.5 - 0.875) / 4
    found, errors = known(ips(tally_of(*FOUR))), [0.0625, -0.21875, 0.15625]
    assert found.high - found.value == pytest.approx(student_t(2) * sqrt(3 / 2 * sum(error**2 for error in errors)))
    # where the same four cards are each of a customer of its own, ana's are (2 - 0.875) / 4 and (0 - 0.875) / 4
    alone, errors = known(ips(tally_of(*((str(at), *card[1:]) for at, card in enumerate(FOUR))))), [0.28125, -0.21875, -0.21875, 0.15625]
    assert alone.high - alone.value == pytest.approx(student_t(3) * sqrt(4 / 3 * sum(error**2 for error in errors)))
    assert alone.value == found.value


def test_where_nothing_is_known_nothing_is_said():
    assert (ips(Tally()), snips(Tally()), observed(Tally())) == (None, None, None)
    assert snips(tally_of(("ana", 0.0, True))) is None
    # one customer alone says nothing of how customers differ: the interval is all that a share can be
    one = known(snips(tally_of(("ana", 1.0, True), ("ana", 1.0, False))))
    assert (one.value, one.low, one.high) == (0.5, 0.0, 1.0)
    assert isinf(known(ips(tally_of(("ana", 1.0, True)))).high)


@pytest.mark.parametrize("freedom", [4, 10, 29, 30, 100, 10_000])
def test_students_quantile_is_that_of_the_tables(freedom: int):
    assert student_t(freedom) == pytest.approx(t.ppf(0.975, freedom), abs=0.002)


# Invariances


def test_snips_does_not_change_when_all_weights_are_multiplied_and_ips_is_multiplied_with_them():
    plain, tenfold = tally_of(*FOUR), tally_of(*((customer, 10 * weight, taken) for customer, weight, taken in FOUR))
    assert (known(snips(plain)).value, known(snips(plain)).low) == pytest.approx((known(snips(tenfold)).value, known(snips(tenfold)).low))
    assert known(ips(tenfold)).value == pytest.approx(10 * known(ips(plain)).value)


def test_snips_moves_with_what_is_taken_and_ips_does_not_move_where_weights_do_not_sum_to_their_number():
    # given a log in which everything was taken up: the share is 1, whatever the weights are
    everything = tally_of(*((customer, weight, True) for customer, weight, _ in FOUR))
    assert known(snips(everything)).value == 1.0
    assert known(ips(everything)).value == pytest.approx(5.0 / 4)
    # and its complement: what is not taken up and what is add up to 1
    turned = tally_of(*((customer, weight, not taken) for customer, weight, taken in FOUR))
    assert known(snips(turned)).value + known(snips(tally_of(*FOUR))).value == pytest.approx(1.0)


def test_a_policy_that_is_the_logged_one_has_the_observed_share_both_ways():
    tally = a_log(1, wanted=LOGGED)
    assert known(ips(tally)) == known(snips(tally)) == known(observed(tally))
    assert known(observed(tally)).value == pytest.approx(tally.taken / tally.seen)


def test_the_order_of_customers_does_not_change_the_figures():
    forth, back = tally_of(*FOUR), tally_of(*reversed(FOUR))
    assert known(snips(forth)).low == pytest.approx(known(snips(back)).low)


# Against the truth


def test_both_are_without_bias():
    # when the same policy is estimated from 400 logs of 150 customers with 1 to 20 cards each
    each = [(known(ips(one)).value, known(snips(one)).value) for one in map(a_log, range(SEEDS))]
    # then their means lie within 4 standard errors of the truth
    for values in zip(*each, strict=True):
        assert abs(np.mean(values) - TRUTH) < 4 * np.std(values) / sqrt(SEEDS)


def test_the_interval_holds_the_truth_nineteen_times_in_twenty():
    tallies = list(map(a_log, range(SEEDS)))
    for estimate in (ips, snips):
        held = sum(known(estimate(tally)).holds(TRUTH) for tally in tallies)
        # 95 % of 400 +- 4 standard deviations of sqrt(400 x 0.95 x 0.05) = 4.4
        assert 380 - 17.5 <= held <= 380 + 17.5


def test_the_difference_to_the_logged_policy_is_held_as_often_and_is_narrower_than_two_intervals():
    logged_truth = sum(p * taken for p, taken in zip(LOGGED, TAKEN, strict=True))
    held, narrower = 0, 0
    for seed in range(SEEDS):
        ours, theirs = a_log(seed), a_log(seed, wanted=LOGGED)
        found = known(difference(ours, theirs))
        held += found.holds(TRUTH - logged_truth)
        mine, other = known(snips(ours)), known(snips(theirs))
        narrower += found.high - found.low < (mine.high - mine.low) + (other.high - other.low)
        assert found.value == pytest.approx(mine.value - other.value)
    assert 380 - 17.5 <= held <= 380 + 17.5
    assert narrower == SEEDS


def test_of_one_policy_with_itself_there_is_no_difference():
    assert known(difference(a_log(3), a_log(3))) == Estimate(0.0, 0.0, 0.0)
    assert difference(tally_of(("ana", 0.0, True)), tally_of(("ana", 1.0, True))) is None
    with pytest.raises(ValueError, match="different customers"):
        difference(tally_of(("ana", 1.0, True)), tally_of(("bob", 1.0, True)))


def test_without_clusters_the_interval_would_be_too_narrow():
    """What clustering is for: 20 customers with 100 cards each, who differ much."""
    tally = Tally()
    chance = np.random.default_rng(5)
    for number in range(20):
        likes = chance.choice([0.02, 0.4])
        for _ in range(100):
            tally.add(f"c{number}", 1.0, taken=bool(chance.random() < likes))
    found = known(snips(tally))
    alone = 1.96 * sqrt(found.value * (1 - found.value) / 2_000)
    # customers of 0.02 and 0.4 by halves: a standard deviation of 0.19, so 2.09 x 0.19 / sqrt(20) = 0.09 and not 0.018
    assert 0.06 < (found.high - found.low) / 2 < 0.12
    assert alone < 0.02


def test_clipping_happens_only_where_it_is_told_and_draws_towards_what_was_logged():
    plain, clipped = a_log(7), a_log(7, clip=1.5)
    # 0.60 / 0.15 = 4 is the largest weight; it is cut to 1.5
    assert (plain.clipped, plain.largest) == (0, pytest.approx(4.0))
    assert (clipped.clipped > 0, clipped.largest) == (True, 1.5)
    logged = known(snips(a_log(7, wanted=LOGGED))).value
    assert logged < known(snips(clipped)).value < known(snips(plain)).value


def test_what_a_policy_may_show_and_the_log_may_not_is_missing_in_ips_alone():
    # given a policy that gives 0.40 to an item that is never logged
    logs = [a_log(seed, wanted=tuple(0.6 * p for p in WANTED)) for seed in range(100)]
    # then IPS is about 0.6 x 0.117 = 0.070, SNIPS the share of the rest, and what is covered says so
    assert np.mean([known(ips(log)).value for log in logs]) == pytest.approx(0.6 * TRUTH, rel=0.05)
    assert np.mean([known(snips(log)).value for log in logs]) == pytest.approx(TRUTH, rel=0.05)
    assert np.mean([log.covered for log in logs]) == pytest.approx(0.6, rel=0.02)
