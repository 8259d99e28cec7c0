"""Which models an audit still knows."""

from online_models.ranker import Weights
from stream.audit.models import Models
from stream.contracts.training import ModelRecord

KEPT_MS = 1_000


def a_model(version: int) -> ModelRecord:
    return ModelRecord(version, 0, 0, {})


def test_a_model_is_known_until_it_was_replaced_long_ago_and_the_newest_for_ever():
    models = Models(KEPT_MS)
    for version, at_ms in ((10, 0), (20, 500), (30, 900)):
        models.put(a_model(version), at_ms)
    # at 1,400 the first was replaced 900 ms ago, at 1,501 more than 1,000 ms
    models.forget_before(1_400)
    assert models.of(10) is not None
    models.forget_before(1_501)
    assert models.of(10) is None
    assert models.of(20) is not None
    models.forget_before(1_000_000)
    assert (models.of(20), models.of(30) is not None) == (None, True)


def test_a_lower_version_that_comes_late_is_ignored_as_workers_do():
    models = Models(KEPT_MS)
    models.put(a_model(20), 0)
    models.put(a_model(10), 1)
    assert models.of(10) is None
    assert models.of(20) is not None


def test_before_anything_is_learnt_the_start_weights_count():
    found = Models(KEPT_MS).of(-1)
    assert found is not None
    assert {name: head.total.tolist() for name, head in found.heads.items()} == {
        name: head.total.tolist() for name, head in Weights.start().heads.items()
    }
