"""Protocol next-item."""

import os
import subprocess
import sys

from features.catalog import Catalog
from online_models.evaluate import walk
from online_models.evaluate.next_item import evaluate_next_item, touches_of
from online_models.rank import rank
from stream.contracts.events import AddToCart, Event, Item, Purchase, Search, ViewItem

NOON_MS = 1_763_812_800_000


def views(*sessions: str) -> list[Event]:
    """Return views of one session after the other, a second apart; session number n is "s<n>"."""
    steps = [(number, item) for number, words in enumerate(sessions) for item in words.split()]
    return [
        ViewItem(event_id=f"e{at}", event_time_ms=NOON_MS + 1000 * at, session_id=f"s{number}", items=(Item(item),))
        for at, (number, item) in enumerate(steps)
    ]


def test_touches_are_ordered_by_time_session_and_line_and_a_purchase_is_one_for_each_item():
    events = [
        Purchase(event_id="3", event_time_ms=NOON_MS + 5, session_id="b", items=(Item("z"), Item("a")), transaction_id="t"),
        ViewItem(event_id="1", event_time_ms=NOON_MS + 5, session_id="a", items=(Item("y"),)),
        AddToCart(event_id="2", event_time_ms=NOON_MS, session_id="b", items=(Item("x"),)),
        ViewItem(event_id="4", event_time_ms=NOON_MS, items=(Item("without session"),)),
        Search(event_id="5", event_time_ms=NOON_MS, session_id="b"),
    ]
    assert [(touch.session, touch.item_id) for touch in touches_of(events)] == [("b", "x"), ("a", "y"), ("b", "z"), ("b", "a")]
    assert len({touch.event.event_id for touch in touches_of(events)}) == 4


def test_a_question_is_asked_where_the_session_has_a_past_and_the_item_changes():
    # the first of a session, and a repeated item, are no questions: of 7 touches 2 + 1 are
    report = evaluate_next_item(views("a b b c", "a", "a c"), Catalog(), tail=1.0)
    assert (report.n, report.events, report.items) == (3, 7, 3)


def test_only_the_tail_counts_and_it_begins_at_a_whole_touch():
    # 10 touches in 5 sessions of two; int(0.8 * 10) = 8: the last session's question counts alone
    assert evaluate_next_item(views(*["a b"] * 5), Catalog(), tail=0.2).n == 1


def test_what_was_never_seen_cannot_be_answered_and_what_was_seen_can():
    # given six questions "what comes after a?", always b; b is unknown at the first, and stands first ever after
    report = evaluate_next_item(views(*["a b"] * 6), Catalog(), tail=1.0)
    assert report.metrics == {"hr@20": round(5 / 6, 4), "mrr@20": round(5 / 6, 4)}
    assert report.baselines["vmis-knn"] == report.baselines["cosine"] == report.metrics


def test_baselines_know_what_they_are_named_after():
    # asked after a; popular: x three times, b once (a is on screen); the others: b
    report = evaluate_next_item(views("x", "x", "x", "a b", "a b"), Catalog(), tail=0.2)
    assert report.n == 1
    assert report.baselines["popular"] == {"hr@20": 1.0, "mrr@20": 0.5}
    assert report.baselines["vmis-knn"] == {"hr@20": 1.0, "mrr@20": 1.0}


def test_the_sessions_own_last_items_stand_before_the_neighbours():
    # session: p q a, then back to p; neighbours of a, q, p say b (1 + 0 ...): own items first: q, then p at rank 2
    report = evaluate_next_item(views("a b", "a b", "p q a p"), Catalog(), tail=0.1)
    assert report.baselines["session-then-vmis-knn"] == {"hr@20": 1.0, "mrr@20": 0.5}


def test_the_same_log_in_any_order_of_lines_gives_the_same_figures():
    events = views("a b c d", "b c a", "d a b", "c d a b", "a c")
    one, other = (evaluate_next_item(log, Catalog(), tail=1.0) for log in (events, events[::-1]))
    assert (one.metrics, one.baselines, one.n) == (other.metrics, other.baselines, other.n)


def test_progress_is_told_every_thousand_touches():
    told: list[tuple[int, int]] = []
    evaluate_next_item(views(*["a"] * 2500), Catalog(), progress=lambda done, of: told.append((done, of)))
    assert told == [(1000, 2500), (2000, 2500)]


def test_the_evaluation_asks_the_function_that_the_worker_asks():
    assert walk.rank is rank


SAME_EVERYWHERE = """
from features.catalog import Catalog
from online_models.evaluate.next_item import evaluate_next_item
from tests.online_models.evaluate.test_next_item import views
walks = [" ".join(f"item{(7 * one + step * step) % 23}" for step in range(6)) for one in range(60)]
report = evaluate_next_item(views(*walks), Catalog(), tail=1.0)
print(report.metrics, report.baselines)
"""


def test_the_figures_do_not_depend_on_the_order_of_hashes():
    told = {
        subprocess.run(
            [sys.executable, "-c", SAME_EVERYWHERE],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(told) == 1
    assert "hr@20" in told.pop()
