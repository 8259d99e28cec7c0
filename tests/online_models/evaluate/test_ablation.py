"""Evidence left out."""

import numpy as np
import pytest

from features.catalog import Catalog
from online_models.evaluate.ablation import Without, sources_of, without
from online_models.evaluate.basket import evaluate_basket
from online_models.evaluate.sources import SOURCES
from online_models.heads import HEADS
from online_models.learn import Learner
from online_models.ranker import score
from stream.contracts.events import Event, Item, Purchase

NOON_MS = 1_763_812_800_000


@pytest.mark.parametrize("head", HEADS)
def test_every_feature_of_a_head_rests_on_a_source_and_no_source_names_a_stranger(head: str) -> None:
    assert frozenset().union(*SOURCES[head].values()) == set(HEADS[head].features)


@pytest.mark.parametrize("head", HEADS)
def test_what_is_left_out_counts_as_zero_in_every_answer_and_in_every_lesson(head: str) -> None:
    # given lessons of all features for one learner, and for another the same ones with zeros where the evidence is left out
    source = next(iter(SOURCES[head]))
    gone = np.array([name in SOURCES[head][source] for name in HEADS[head].features])
    chance = np.random.default_rng(7)
    told, blind = Learner(), Without([source], [head])
    for _ in range(50):
        z = chance.normal(0.1, 1, len(gone)).astype(np.float32)
        told.learn(head, 0, np.where(gone, np.float32(0), z))
        blind.learn(head, 0, z)
    # then it answers all features as the other one answers them with zeros there
    features = chance.random((9, len(gone))).astype(np.float32)
    zeros = np.where(gone, np.float32(0), features)
    assert np.array_equal(score(features, blind.weights().heads[head], 0), score(zeros, told.weights().heads[head], 0))
    assert not np.array_equal(score(features, told.weights().heads[head], 0), score(zeros, told.weights().heads[head], 0))


def test_the_other_heads_learn_as_ever() -> None:
    blind, plain = Without(["neighbours"], ["browse"]), Learner()
    z = np.ones(len(HEADS["upgrade"].features), np.float32)
    for learner in (blind, plain):
        learner.learn("upgrade", 0, z)
    assert np.array_equal(blind.weights().heads["upgrade"].total, plain.weights().heads["upgrade"].total)


def order(number: int, *items: str) -> Purchase:
    lines = tuple([Item(item) for item in items])
    return Purchase(
        event_id=f"e{number}", event_time_ms=NOON_MS + number * 60_000, customer=f"c{number}", transaction_id=f"t{number}", items=lines
    )


def test_a_source_that_is_left_out_no_longer_decides_and_its_candidates_stay() -> None:
    # given that cup and tea are bought together four times, sugar alone thirty times, and then cup and tea once more
    log: list[Event] = [order(number, "cup", "tea") for number in range(4)]
    log += [order(4 + number, "sugar", "spoon") for number in range(30)]
    log += [order(40, "cup", "tea")]
    tail = 1 / len(log)
    full = evaluate_basket(log, Catalog(), tail=tail)
    company = [name for name in sources_of("basket") if name != "popularity"]
    blind = evaluate_basket(log, Catalog(), tail=tail, learner=without(company, "basket"))
    # then the company says the other one of the pair, and without it the popular ones come first, in whose company it still stands
    assert (full.n, full.metrics["mrr@10"]) == (1, 1.0)
    assert blind.metrics["hr@10"] == 1.0
    assert blind.metrics["mrr@10"] < 1.0


def test_an_unknown_source_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(
        ValueError, match=r"upgrade has no source of evidence neighbour, taste; it has brand, followed, .*together, usual\."
    ):
        without(["taste", "neighbour", "brand"], "upgrade")
