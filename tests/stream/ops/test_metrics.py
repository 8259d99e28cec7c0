"""The page that Prometheus reads: what it says, by which names, and what it never says."""

import platform
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric

from features.store.memory import MemoryStore
from online_models.heads import HEADS
from stream.agents.learn_ranker import RankerTrainer
from stream.checkpoints.folder import Folder
from stream.checkpoints.keeper import Keeper, Newest
from stream.contracts.training import ModelRecord
from stream.engine.engine import Engine
from stream.engine.measures import Histogram
from stream.engine.record import TopicPartition
from stream.gateway.app import Gateway
from stream.ops.metrics.checkpoints import checkpoint_metrics
from stream.ops.metrics.gateway import gateway_metrics
from stream.ops.metrics.member import Reading, member_metrics
from stream.ops.metrics.page import Counted, Exposition, histogram
from stream.ops.metrics.trainer import trainer_metrics
from stream.ops.metrics.worker import engine_metrics, knowledge_metrics
from stream.transport.follower import Follower
from stream.version import release
from tests.support.engine_on_cue import ANA, CLICKS, NOW_MS, Broker, an_event, fetched, knowledge, standing, worked
from tests.support.gateway import gateway_settings
from tests.support.operations import OPENMETRICS, Samples, samples_of

NOWHERE = ("127.0.0.1:1", "redis://127.0.0.1:1/0")  # nothing listens there, and nobody is asked
OTHER_UNITS = ("ms", "milliseconds", "minutes", "hours", "percent", "kb", "mb", "kilobytes", "megabytes")
NAMES_SOMEBODY = {"customer", "user", "user_id", "client_id", "session", "session_id", "event_id", "item", "item_id", "suggestion_id"}


def samples(metrics: Iterator[Metric]) -> Samples:
    """Return what a scraper reads of these."""
    page, content_type = Exposition([lambda: metrics]).answer(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    return samples_of(page.decode())


async def an_engine_that_worked() -> Engine:
    """Return an engine that has answered Ana's two views, left one repeat out and set one record aside."""
    engine = await standing(MemoryStore(), Broker())
    await worked(engine, fetched(an_event(0), an_event(1), an_event(1), b"no JSON"))
    return engine


def a_trainer() -> RankerTrainer:
    """Return a trainer that has begun from a model that was published two seconds before."""

    async def newest() -> ModelRecord:
        return ModelRecord(7, 7, NOW_MS - 2_000, {})

    return RankerTrainer(newest=newest, send=Broker().send, wall_ms=lambda: NOW_MS)


def a_keeper() -> Keeper:
    """Return the keeper of a worker that has written a checkpoint half a minute ago, in vain the time before, and refused two."""
    keeper = Keeper(Folder(Path("unused"), 3), knowledge(), Follower(NOWHERE[0], "memory", lambda record: None), broker="", every_s=60)
    keeper.tally.update({"written": 1, "failed": 1, "refused:damaged": 2})
    keeper.newest = Newest(Path("unused"), NOW_MS - 30_000, records=7, size_bytes=4_096, took_s=0.5, longest_pause_s=0.003)
    return keeper


def test_checkpoints_tell_their_age_and_size_and_why_some_were_refused():
    found = samples(checkpoint_metrics(a_keeper(), NOW_MS))
    assert found["tsuide_checkpoint_age_seconds"] == {(): 30}
    assert found["tsuide_checkpoint_size_bytes"] == {(): 4_096}
    assert found["tsuide_checkpoint_longest_pause_seconds"] == {(): 0.003}
    assert (found["tsuide_checkpoints_written_total"], found["tsuide_checkpoint_failures_total"]) == ({(): 1}, {(): 1})
    assert found["tsuide_checkpoints_refused_total"] == {("damaged",): 2, ("version",): 0, ("foreign",): 0, ("offsets",): 0}


async def everything() -> list[Metric]:
    """Return the metrics of all three kinds of process, each of which has worked."""
    engine, trainer = await an_engine_that_worked(), a_trainer()
    await trainer.assign({TopicPartition("tsuide.training.v1", 0): 0})
    gateway = Gateway(gateway_settings(*NOWHERE))
    try:
        sources = [
            member_metrics(engine, Reading({CLICKS: 3}, Histogram((1.0,)))),
            engine_metrics(engine, NOW_MS),
            knowledge_metrics(knowledge(), [], NOW_MS),
            checkpoint_metrics(a_keeper(), NOW_MS),
            trainer_metrics(trainer, NOW_MS),
            gateway_metrics(gateway),
        ]
        gateway.durations.add("POST", "/v1/events", 200, 0.01)
        return [metric for source in [Exposition([]).collect(), *sources] for metric in source]
    finally:
        await gateway.stop()


def test_a_counter_of_one_key_is_told_before_anything_is_counted():
    assert samples(iter([Counted("tsuide_x", "Tried.", keys={"x": ()}).read({})]))["tsuide_x_total"] == {(): 0}


def test_what_stands_behind_a_prefix_becomes_labels_and_the_last_may_hold_colons():
    counted = Counted("tsuide_x", "Tried.", labels=("list", "rule"), prefix="silent")
    tally = {"silent:accessories:day_cap": 2, "silent:upgrades:a:b": 1, "silently": 9}
    found = samples(iter([counted.read(tally)]))["tsuide_x_total"]
    assert found == {("accessories", "day_cap"): 2, ("upgrades", "a:b"): 1}


def test_a_histogram_cumulates_and_ends_with_all_values():
    seconds = Histogram((0.5, 1.0))
    for value in (0.25, 1.0, 4.0):
        seconds.add(value)
    found = samples(iter([histogram("tsuide_x_seconds", "Tried.", seconds)]))
    assert found["tsuide_x_seconds_bucket"] == {("0.5",): 1, ("1.0",): 2, ("+Inf",): 3}
    assert (found["tsuide_x_seconds_count"], found["tsuide_x_seconds_sum"]) == ({(): 3}, {(): 5.25})


async def test_the_workers_page_says_what_became_of_four_records():
    found = samples(engine_metrics(await an_engine_that_worked(), NOW_MS))
    assert found["tsuide_events_total"] == {(): 2}
    assert found["tsuide_events_left_out_total"] == {("repeated",): 1, ("opted_out",): 0}
    assert found["tsuide_dead_letters_total"][("DecodeError",)] == 1
    assert found["tsuide_suggestions_total"] == {(): 2} == found["tsuide_event_age_seconds_count"]
    assert sum(found["tsuide_suggested_items_total"].values()) == 6  # kettle, cup and tray, to whom looks at tea
    assert found["tsuide_chunk_duration_seconds_count"][("commit",)] == 1


async def test_a_member_tells_the_lag_of_each_partition_and_the_largest():
    engine = await an_engine_that_worked()
    found = samples(member_metrics(engine, Reading({CLICKS: 3, TopicPartition("shop.cart.v1", 0): 5}, Histogram((1.0,)), commit_age_s=0.5)))
    assert found["tsuide_lag_records"] == {(str(CLICKS.partition), CLICKS.topic): 3, ("0", "shop.cart.v1"): 5}
    assert found["tsuide_lag_largest_records"] == {(): 5}
    assert found["tsuide_commit_age_seconds"] == {(): 0.5}
    assert found["tsuide_assigned_partitions"] == {(): 6}  # three input topics of two partitions each


async def test_the_trainers_page_says_how_old_the_newest_model_is():
    trainer = a_trainer()
    await trainer.assign({TopicPartition("tsuide.training.v1", 0): 0})
    found = samples(trainer_metrics(trainer, NOW_MS + 1_000))
    assert (found["tsuide_model_version"], found["tsuide_model_age_seconds"]) == ({(): 7}, {(): 3})
    assert set(found["tsuide_learnt_examples_total"]) == {(head,) for head in (*HEADS, "uptake")}
    assert "tsuide_log_loss" not in found  # of no example there is none


async def test_no_metric_names_a_customer_or_what_he_looked_at():
    page = Exposition([lambda: iter(metrics)]).answer("")[0].decode() if (metrics := await everything()) else ""
    assert ANA not in page
    assert not re.search(r"[0-9a-f]{64}", page)
    assert not {label for metric in metrics for sample in metric.samples for label in sample.labels} & NAMES_SOMEBODY


async def test_every_name_follows_prometheus_rules():
    for metric in await everything():
        name = metric.name
        assert re.fullmatch(r"tsuide(_[a-z0-9]+)+", name), name
        assert not set(name.split("_")) & set(OTHER_UNITS), f"{name}: seconds, bytes and ratios are the units"
        assert not name.endswith(("_total", "_count", "_sum", "_bucket")), f"{name}: an ending of the exposition's own"
        assert metric.type in ("counter", "gauge", "histogram"), name
        assert metric.type != "histogram" or name.endswith("_seconds"), f"{name}: no unit"
        assert metric.documentation.endswith("."), f"{name}: says no full sentence"
        for sample in metric.samples:
            own = set(sample.labels) - {"le"}
            assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", label) for label in own), name
            assert not own & set(name.split("_")), f"{name}: a label's name in the metric's"


async def test_a_name_means_one_thing_in_every_process():
    told: dict[str, tuple[str, frozenset[str]]] = {}
    for metric in filter(lambda one: one.samples, await everything()):
        labels = frozenset(label for sample in metric.samples for label in sample.labels)
        known = told.setdefault(metric.name, (metric.type, labels))
        assert known == (metric.type, labels), metric.name


@pytest.mark.parametrize(
    ("accept", "begins"), [("", "text/plain; version=0.0.4"), (OPENMETRICS, "application/openmetrics-text; version=1.0.0")]
)
def test_the_page_is_told_as_the_scraper_asks_and_says_what_the_process_uses(accept: str, begins: str):
    page, content_type = Exposition([]).answer(accept)
    assert content_type.startswith(begins)
    assert b"process_resident_memory_bytes" in page
    assert f'tsuide_build_info{{python="{platform.python_version()}",version="{release()}"}} 1.0'.encode() in page
