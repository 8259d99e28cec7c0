"""A broker of the demo's own: the mock cluster inside librdkafka, which lives in this process and speaks Kafka's protocol.

It differs from a real one: a topic comes into being, with four partitions, when it is asked for; a fetch of nothing waits its
whole time although something arrives meanwhile; about five megabytes a partition are kept; a group has one member.
"""

from collections.abc import Iterable
from typing import Any

from confluent_kafka import Producer

PARTITIONS = 4  # the mock cluster's own number
ANSWER_S = 10.0


class EmbeddedBroker:
    """A running mock cluster; it ends with `close`."""

    def __init__(self, topics: Iterable[str]) -> None:
        # Without log.queue and with a level of 0, what the library has to say stays off the screen.
        self._cluster: Any = Producer({"test.mock.num.brokers": 1, "log_level": 0})
        for topic in topics:
            self._cluster.list_topics(topic, timeout=ANSWER_S)
        [broker] = self._cluster.list_topics(timeout=ANSWER_S).brokers.values()
        self.bootstrap = f"{broker.host}:{broker.port}"

    def close(self) -> None:
        """End the cluster; what it kept is gone."""
        self._cluster = None
