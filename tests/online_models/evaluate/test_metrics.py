"""Figures and durations."""

import numpy as np
import pytest

from online_models.evaluate.metrics import Metrics, Rankers, Stopwatch
from online_models.evaluate.report import Report, lines_in, size_mib
from tests.online_models.records import memory_of, remembered


def test_hit_rate_and_mrr_count_the_first_true_answer_among_the_best_k():
    metrics = Metrics(2)
    metrics.count(["a", "b", "c"], ["b"])  # rank 2
    metrics.count(["a", "b", "c"], ["c"])  # beyond K
    metrics.count(["a", "b", "c"], ["a"])  # rank 1
    metrics.count([], ["a"])
    assert metrics.n == 4
    assert metrics.figures() == {"hr@2": 0.5, "mrr@2": 0.375}  # 2 of 4; (1/2 + 0 + 1 + 0) / 4


def test_recall_is_the_share_of_the_truth_that_was_found():
    metrics = Metrics(3)
    metrics.count(["a", "b", "c", "d"], ["b", "c", "d", "e"])
    assert metrics.figures(recall=True) == {"hr@3": 1.0, "mrr@3": 0.5, "recall@3": 0.5}


def test_without_questions_the_figures_are_zero():
    assert Metrics(10).figures() == {"hr@10": 0.0, "mrr@10": 0.0}
    assert Stopwatch().percentiles_us() == {"p50": 0.0, "p99": 0.0}


def test_a_report_is_one_flat_object():
    report = Report(
        "next-item", 3, {"hr@20": 0.5}, {"popular": {"hr@20": 0.1}}, 9, 4, {"p50": 1.0, "p99": 2.0}, {"p50": 3.0, "p99": 4.0}, 0.5
    )
    assert report.as_json() == {
        "protocol": "next-item",
        "n": 3,
        "hr@20": 0.5,
        "events": 9,
        "items": 4,
        "recommend_us": {"p50": 1.0, "p99": 2.0},
        "learn_us": {"p50": 3.0, "p99": 4.0},
        "memory_mib": 0.5,
        "lines": 0,
        "ablated": [],
        "baselines": {"popular": {"hr@20": 0.1}},
    }


def test_size_counts_arrays_once_wherever_they_are_named():
    array = np.zeros(2**17)  # 1 MiB
    assert size_mib([array, array, {"again": array[5:]}]) == pytest.approx(1.0, abs=0.01)


def test_every_simple_ranker_answers_the_same_questions():
    rankers = Rankers(("popular", "cosine"), 2, recall=True)
    rankers.metrics["popular"].count(["a"], ["b"])
    rankers.metrics["cosine"].count(["a", "b"], ["b"])
    assert rankers.figures()["cosine"] == {"hr@2": 1.0, "mrr@2": 0.5, "recall@2": 1.0}
    assert rankers.hits() == {"popular": [False], "cosine": [True]}


def test_a_retained_line_counts_once_though_a_purchase_stands_in_two_windows():
    # given two looks, and an order of three lines: five cells of sessions, three of them lines of the basket
    memory = memory_of([remembered(0, "cup"), remembered(1, "tea"), remembered(2, "cup", "tea", "sugar", event="purchase")])
    assert (memory.sessions.lengths.sum(), memory.baskets.lengths.sum(), lines_in(memory)) == (5, 3, 5)
