"""What was asked of `tsuide replay`."""

from pathlib import Path

from msgspec import Struct

from stream.archive.reading import Reading
from stream.archive.rejects import RejectsFile
from stream.replay.chosen import Chosen
from stream.settings import Settings


class Asked(Struct, frozen=True):
    """What both ways share."""

    here: Settings
    source: str
    chosen: Chosen
    reading: Reading
    refuse: RejectsFile
    catalog: Path | None
    learn_only: bool
    as_json: bool


class Feed(Struct, frozen=True):
    """What only a replay into Kafka is asked."""

    id: str | None
    resume: str | None
    speed: str
    max_rate: float | None
    workers: int
    live: bool
    yes: bool
    waits: bool
    policy: Path | None
