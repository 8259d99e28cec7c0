"""What worker and trainer tell as members of a Kafka group: what is theirs, how far behind they are, whom they wait for."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from prometheus_client.metrics_core import Metric

from stream.engine.measures import Histogram
from stream.engine.record import TopicPartition
from stream.ops.metrics.page import counter, gauge, histogram
from stream.transport.handler import Handler

SERVERS = {"the store": "store", "the broker": "broker"}  # as the engine names them -> as the label does


class Reading(Struct, frozen=True):
    """How a member reads: records that wait, as far as the broker has told where the partitions end, rebalances, and commits to Kafka."""

    lags: Mapping[TopicPartition, int]
    rebalances: Histogram
    commit_age_s: float = 0.0


def member_metrics(member: Handler, reading: Reading) -> Iterator[Metric]:
    """Yield what is told of a member of a group."""
    lags = reading.lags
    yield gauge("tsuide_assigned_partitions", "Partitions of input topics that are this process's own.", len(member.standing))
    by_partition = {(at.topic, str(at.partition)): lag for at, lag in lags.items()}
    yield gauge(
        "tsuide_lag_records", "Records that wait, of each partition that is this process's own.", by_partition, ("topic", "partition")
    )
    yield gauge("tsuide_lag_largest_records", "Records that wait in the partition where most do.", max(lags.values(), default=0))
    pauses = "How long a rebalance stopped the reading, from giving partitions back until standing where the store says."
    yield histogram("tsuide_rebalance_duration_seconds", pauses, reading.rebalances)
    age = "For how long something has been handled that Kafka was not told of; 0: it was told all. Redis is the truth, tools read Kafka."
    yield gauge("tsuide_commit_age_seconds", age, reading.commit_age_s)
    yield counter("tsuide_batches", "Batches finished: chunks of the worker, fetches of the trainer.", member.batches)
    failed = {label: member.patience.failures.get(name, 0) for name, label in SERVERS.items()}
    yield counter("tsuide_failed_calls", "Calls that a server did not answer or refused for now; each was made again.", failed, ("server",))
    waits = {label: float(member.patience.waiting_for == name) for name, label in SERVERS.items()}
    yield gauge("tsuide_waiting", "1 while this server is waited for, 0 otherwise.", waits, ("server",))
