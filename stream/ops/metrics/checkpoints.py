"""What a worker tells of its checkpoints: how old the newest is, what it cost, and which were refused."""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.metrics_core import Metric

from stream.checkpoints.file import Kind
from stream.checkpoints.keeper import Keeper
from stream.ops.metrics.page import Counted, gauge

COUNTED = (
    Counted("tsuide_checkpoints_written", "Checkpoints of the shared memory written.", keys={"written": ()}),
    Counted("tsuide_checkpoint_failures", "Checkpoints that could not be written: look at the disk.", keys={"failed": ()}),
    Counted(
        "tsuide_checkpoints_refused",
        "Checkpoints that could not be started from, by why.",
        labels=("why",),
        keys={f"refused:{kind}": kind for kind in get_args(Kind)},
    ),
    Counted(
        "tsuide_checkpoints_forgotten", "Checkpoints deleted because they may have held somebody who is forgotten.", keys={"forgotten": ()}
    ),
)


def checkpoint_metrics(keeper: Keeper, now_ms: int) -> Iterator[Metric]:
    """Yield how the checkpoints stand; `now_ms` is the wall clock's. The newest is the one written last, or started from."""
    yield from (counted.read(keeper.tally) for counted in COUNTED)
    newest = keeper.newest
    if newest is None:
        return
    yield gauge(
        "tsuide_checkpoint_age_seconds", "Time since the newest checkpoint was written.", max(0, now_ms - newest.created_ms) / 1_000
    )
    yield gauge("tsuide_checkpoint_size_bytes", "Size of the newest checkpoint.", newest.size_bytes)
    yield gauge("tsuide_checkpoint_records", "Records that the newest checkpoint holds.", newest.records)
    yield gauge("tsuide_checkpoint_duration_seconds", "What writing the newest checkpoint took; 0: started from it.", newest.took_s)
    yield gauge("tsuide_checkpoint_longest_pause_seconds", "How long at most anybody waited for it meanwhile.", newest.longest_pause_s)
