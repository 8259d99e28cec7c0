"""Running workers and trainers as Prometheus and the probes see them."""

from pathlib import Path

from features.store.redis import RedisStore
from stream.contracts.topics import INPUTS
from tests.support.counting import until_worked
from tests.support.operations import SETTING, Operations
from tests.support.shop import Shop
from tests.support.topics import PARTITIONS
from tests.support.waiting import until
from tests.support.workers import POLICY, Crew, put, started


async def test_a_workers_metrics_count_what_was_sent_and_name_nobody(shop: Shop, crew: Crew, store: RedisStore):
    # given a worker that has answered 200 events and more, and set one record aside
    worker = crew.worker(**SETTING)
    await started(worker)
    ops = await Operations.of(worker)
    await ops.until_ready(200, "ok")
    async with shop.trading():
        await shop.has_sent(200)
    await shop.put(INPUTS[0], 0, b"no JSON")
    await until_worked(shop, store)
    # then a scrape says so: all events folded and answered, each customer's wait measured, nothing left to do
    sent = len(shop.sent)
    found = await ops.until_told(lambda told: told["tsuide_events_total"][()] == sent, f"{sent} events")
    assert found["tsuide_suggestions_total"] == {(): sent} == found["tsuide_event_age_seconds_count"]
    assert sum(found["tsuide_suggested_items_total"].values()) >= sent
    assert found["tsuide_dead_letters_total"][("DecodeError",)] == 1
    assert found["tsuide_assigned_partitions"] == {(): len(INPUTS) * PARTITIONS}
    assert found["tsuide_event_duration_seconds_count"] == {("fold",): sent, ("recommend",): sent}
    assert 0 < found["tsuide_rebalance_duration_seconds_sum"][()] < 60
    assert 0 < found["tsuide_event_age_seconds_sum"][()] / sent < 5
    await ops.until_told(
        lambda told: set(told["tsuide_lag_records"].values()) == {0} == {*told["tsuide_lag_largest_records"].values()}, "no lag"
    )
    # Kafka is told within a second, and then nothing is left that it was not told of
    await ops.until_told(lambda told: told["tsuide_commit_age_seconds"] == {(): 0}, "all committed")
    # and no pseudonym or item stands on the page
    page = await ops.page()
    assert [name for name in (*shop.customers, *shop.items) if name in page] == []


async def test_a_broken_policy_is_told_by_a_worker_that_stays_ready(shop: Shop, crew: Crew):
    worker = crew.worker(**SETTING)
    await started(worker)
    ops = await Operations.of(worker)
    policy = Path(crew.environ["TSUIDE_POLICY"])
    put(policy, "order = accessories\n")
    await ops.until_ready(200, "degraded", f"the policy read before stays in use: {policy}:1: is not TOML")
    assert (await ops.metrics())["tsuide_policy_faulty"] == {(): 1}
    put(policy, POLICY)
    await ops.until_ready(200, "ok")


async def test_a_trainers_metrics_say_what_it_has_learnt_and_a_second_one_stands_by(shop: Shop, crew: Crew):
    # given a worker whose customers' next steps answer what was ranked before, and a trainer
    await started(crew.worker())
    first = await Operations.of(crew.trainer(**SETTING).launch())
    await first.until_ready(200, "ok")
    async with shop.trading(per_second=100):
        found = await first.until_told(
            lambda told: told["tsuide_model_version"][()] > 0 < told["tsuide_learnt_examples_total"][("browse",)], "a model that has learnt"
        )
    # then what was foretold cost something
    assert found["tsuide_log_loss"][("browse",)] > 0
    assert found["tsuide_model_age_seconds"][()] < 60
    assert found["tsuide_training_records_read_total"][("examples",)] > 0
    # when a second one begins, one of both has the topic, the other stands by, and both are ready
    second = await Operations.of(crew.trainer(**SETTING).launch())
    await until(lambda: share_the_topic(first, second), "one trainer at work and one that stands by")


async def share_the_topic(*trainers: Operations) -> bool:
    told = [await trainer.ready() for trainer in trainers]
    stands_by = [any("stands by" in reason for reason in reasons) for _, _, reasons in told]
    assigned = [(await trainer.metrics())["tsuide_assigned_partitions"][()] for trainer in trainers]
    return {status for status, _, _ in told} == {200} and sorted(stands_by) == [False, True] and sorted(assigned) == [0, 1]
