"""What the trainer tells: what it has learnt, from how much, and how well it foretells."""

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric

from stream.agents.learn_ranker import RankerTrainer
from stream.ops.metrics.page import Counted, counter, gauge

KINDS = ("examples", "repeats", "foreign", "unreadable")  # told before the first, as 0
NOT_READ = ("assignments", "models")  # what the trainer's tally counts beside the records that it reads
PUBLISHED = Counted("tsuide_models_published", "Models published.", keys={"models": ()})


def trainer_metrics(trainer: RankerTrainer, now_ms: int) -> Iterator[Metric]:
    """Yield what the trainer has read and learnt; `now_ms` is the wall clock's."""
    read = dict.fromkeys(KINDS, 0) | {kind: count for kind, count in trainer.tally.items() if kind not in NOT_READ}
    yield counter(
        "tsuide_training_records_read", "Records of the training topic, by what they were or why they were passed over.", read, ("kind",)
    )
    progress = trainer.progress()
    learnt = {head: one.examples for head, one in progress.items()}
    yield counter("tsuide_learnt_examples", "Examples learnt, those of earlier trainers included.", learnt, ("head",))
    losses = {head: one.log_loss for head, one in progress.items() if one.examples}
    yield gauge(
        "tsuide_log_loss", "Running mean of -ln p of what was really taken, foretold before it was learnt, in nats.", losses, ("head",)
    )
    calibration = "Mean distance between the uptake foretold and the uptake seen, of late."
    yield gauge("tsuide_calibration_error_ratio", calibration, trainer.calibration_error)
    yield PUBLISHED.read(trainer.tally)
    version, published_ms = trainer.published
    yield gauge("tsuide_model_version", "Offset in the training topic up to which the newest published model has learnt.", version)
    if published_ms:
        yield gauge("tsuide_model_age_seconds", "Time since a model was last published.", max(0, now_ms - published_ms) / 1_000)
