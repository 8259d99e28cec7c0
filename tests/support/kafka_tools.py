"""What Kafka's own command line tools say, run from the jars of the tests' broker."""

import subprocess
from typing import NamedTuple

from tests.support.kafka_broker import JARS

TOOL = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"
TOOL_S = 60
NOTHING = "-"  # how the tool writes that there is none


class Described(NamedTuple):
    """One row of `kafka-consumer-groups.sh --describe`: the next offset committed, the end of the log, and what is between."""

    committed: int | None
    end: int
    lag: int | None


def describe_group(bootstrap: str, group: str) -> dict[tuple[str, int], Described]:
    """Return the tool's rows by topic and partition; about 3 s. Where nobody reads it leaves out what was never committed."""
    command = ["java", "-cp", f"{JARS}/*", TOOL, "--bootstrap-server", bootstrap, "--describe", "--group", group]
    said = subprocess.run(command, capture_output=True, text=True, timeout=TOOL_S, check=True).stdout
    rows = [line.split() for line in said.splitlines()]
    return {
        (topic, int(partition)): Described(_number(committed), int(end), _number(lag))
        for name, topic, partition, committed, end, lag, *_ in (row for row in rows if len(row) > 5)
        if name == group
    }


def _number(cell: str) -> int | None:
    return None if cell == NOTHING else int(cell)
