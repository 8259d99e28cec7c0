"""Lists of offsets in the form of Kafka's own tool: `topic,partition,offset`, a line each, without a heading."""

import csv
from collections.abc import Mapping
from pathlib import Path

from stream.contracts.topics import INPUTS
from stream.engine.positions import Offsets
from stream.engine.record import TopicPartition
from stream.errors import LogError


def read_list(path: Path) -> Offsets:
    """Read what `kafka-consumer-groups.sh --reset-offsets --export` or `write_list` wrote.

    Raises:
        LogError: the file cannot be read, or a line of it, or it names a partition twice; it says which.
    """
    offsets: Offsets = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                if row:
                    at, offset = _entry(path, number, row)
                    if at in offsets:
                        raise LogError(str(path), number, f"{at.topic} {at.partition} is named twice: leave one line")
                    offsets[at] = offset
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise LogError(str(path), 0, f"cannot be read: {fault}") from fault
    if not offsets:
        raise LogError(str(path), 0, "is empty: write lines of topic,partition,offset")
    return offsets


def _entry(path: Path, number: int, row: list[str]) -> tuple[TopicPartition, int]:
    match [field.strip() for field in row]:
        case [topic, partition, offset] if topic in INPUTS and partition.isdecimal() and offset.isdecimal():
            return TopicPartition(topic, int(partition)), int(offset)
        case [topic, _, _] if topic not in INPUTS:
            raise LogError(str(path), number, f"{topic!r} is no input of the workers: name {', '.join(INPUTS)}")
        case _:
            raise LogError(str(path), number, "is not topic,partition,offset with two whole numbers")


def write_list(path: Path, offsets: Mapping[TopicPartition, int]) -> None:
    """Write a list. Raises LogError where the file cannot be written."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows((at.topic, at.partition, offset) for at, offset in offsets.items())
    except OSError as fault:
        raise LogError(str(path), 0, f"cannot be written: {fault}") from fault
