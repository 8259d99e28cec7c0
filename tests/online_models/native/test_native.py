"""What is compiled does what numpy does."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from features.catalog import Catalog
from online_models import native
from online_models.browse import candidates, neighbours, rank_views, two_hop
from online_models.browse.situation import situation
from online_models.heads import BROWSE
from online_models.lists.evidence import visits_with
from online_models.memory.shared import SharedMemory
from online_models.ranker import HeadWeights, Weights, score_parts, step
from online_models.request import Ranked
from tests.conftest import not_run_for
from tests.online_models.crowd import a_crowd
from tests.online_models.records import memory_of, walks


@pytest.fixture(autouse=True)
def _compiled() -> None:
    not_run_for(None if native.COMPILED else "the loops are not compiled: install a C compiler and Python's headers, then make install")


@pytest.fixture
def twice(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], tuple[Any, Any]]:
    """Return what is answered with the loops, and what by numpy."""

    def ask(question: Callable[[], Any]) -> tuple[Any, Any]:
        with_loops = question()
        with monkeypatch.context() as without:
            without.setattr(native, "COMPILED", False)
            return with_loops, question()

    return ask


def test_neighbours_are_the_same_to_the_last_bit(twice):
    memory, asked = a_crowd(60)
    here = [situation(one.request, one.profile, memory, Catalog(), one.now_ms) for one in asked]
    own, on_screen = np.array([one.own for one in here]), np.array([one.on_screen for one in here], np.int32)

    def near() -> neighbours.Neighbours:
        anchors = [one.anchors for one in here]
        return neighbours.around(memory.sessions, anchors, own=own, on_screen=on_screen, vocabulary=len(memory.items))

    looped, plain = twice(near)
    assert _bytes(looped) == _bytes(plain)
    assert (len(looped.ends), max(end - begin for begin, end in looped.ends)) == (60, neighbours.MOST)  # and the edge was drawn

    looped, plain = twice(lambda: two_hop.two_hop(memory.sessions, near(), on_screen=on_screen, own=own, vocabulary=len(memory.items)))
    assert _by_question(looped) == _by_question(plain)
    assert len(looped.items) > 20


def test_more_rows_than_are_gathered_are_cut_at_the_same_place(twice):
    # given 400 sessions with the tea, all alike but for a company that repeats every 11, so that many votes are equal
    memory = memory_of(walks(*[f"cup{number % 11} tea jar{number % 7}" for number in range(400)]))
    anchors = [[(0, memory.items.find("tea")), (1, memory.items.find("cup3"))]]
    own, screen = np.array([-1]), np.array([memory.items.find("tea")], np.int32)
    looped, plain = twice(lambda: neighbours.around(memory.sessions, anchors, own=own, on_screen=screen, vocabulary=len(memory.items)))
    assert _bytes(looped) == _bytes(plain)
    assert len(looped.items) == 18


def test_candidates_and_their_table_are_the_same(twice):
    memory, asked = a_crowd(40)
    looped, plain = twice(lambda: rank_views(asked, memory, Catalog(), Weights.start()))
    assert [one.items for one in looped] == [one.items for one in plain]
    assert [one.sources for one in looped] == [one.sources for one in plain]
    for one, other in zip(looped, plain, strict=True):
        # a processor's own logarithm may differ in the last bit of 53, of which the table keeps 24
        np.testing.assert_allclose(one.features, other.features, rtol=1e-6, atol=0)
        np.testing.assert_allclose(one.scores, other.scores, rtol=1e-6, atol=1e-9)
    assert np.concatenate([one.features for one in looped]).any(axis=0).all()  # no feature is missing in all of them


def test_questions_to_an_empty_memory_have_no_answers(twice):
    _, asked = a_crowd(3)
    looped, plain = twice(lambda: [one.items for one in rank_views(asked, SharedMemory(), Catalog(), Weights.start())])
    assert looped == plain == [(), (), ()]


def test_distinct_values_are_numbered_question_by_question(twice):
    chance = np.random.default_rng(8)
    memory, question, values = SharedMemory(), chance.integers(0, 5, 300), chance.integers(0, 40, 300)
    looped, plain = twice(lambda: candidates._numbered(memory, question, values, 6, 40))
    assert [one.tolist() for one in looped[:2]] == [one.tolist() for one in plain[:2]]
    assert looped[2] == plain[2]


def test_visits_are_counted_alike(twice):
    memory, _ = a_crowd(0)
    chance = random.Random(2)
    for _ in range(30):
        anchor, *items = chance.sample(memory.items.ids, k=chance.randint(2, 90))
        looped, plain = twice(lambda anchor=anchor, items=items: visits_with(memory, anchor, [*items, "unheard of"], apart_from="s3"))
        assert looped == plain
        assert looped[-1] == 0


def test_company_vectors_are_the_same(twice):
    # items that stand in a row more than once among them
    looped, plain = twice(lambda: a_crowd(0)[0].similarity)
    assert looped.vectors.tobytes() == plain.vectors.tobytes()
    assert looped.squares.tobytes() == plain.squares.tobytes()
    assert looped.squares.max() > 1_000


def test_scores_are_the_same_to_the_last_bit_and_lessons_but_for_it(twice):
    chance = np.random.default_rng(5)
    weights = HeadWeights.of(chance.standard_normal(51), chance.standard_normal((6, 51)))
    table, parts = chance.standard_normal((51, 40)).astype(np.float32), [(0, 1, 4), (1, 3, 2), (3, 3, 0), (3, 40, 1)]
    looped, plain = twice(lambda: score_parts(table, weights, parts))
    assert looped.tobytes() == plain.tobytes()

    scores = np.sort(chance.standard_normal(40))[::-1]
    ranked = Ranked(BROWSE.name, 0, tuple(f"item{number}" for number in range(40)), scores, table.T)
    looped, plain = twice(lambda: step(ranked, "item3", "item39"))
    np.testing.assert_allclose(looped.z, plain.z, rtol=1e-6, atol=1e-7)
    assert looped.loss == pytest.approx(plain.loss, rel=1e-12)


def test_more_rows_than_visits_are_counted_of_are_refused():
    slots, items = np.zeros(65, np.int64), np.zeros((1, 20), np.int32)
    with pytest.raises(ValueError, match="65 rows: 64 are the most"):
        native.counts.visits_with(slots, items, np.zeros(1, np.int64), -1, [0], 1)


def _bytes(found: neighbours.Neighbours) -> list[Any]:
    return [found.items.tolist(), found.question.tolist(), list(found.ends), found.evidence.tobytes(), found.strength.tobytes()]


def _by_question(hop: two_hop.Hop) -> list[tuple[int, int, float]]:
    """Return the second hop's items question by question; in which order the questions come is nobody's business."""
    return sorted(zip(hop.question.tolist(), hop.items.tolist(), hop.weights.tolist(), strict=True))
