"""The log that is compared on, whole: also what a worker does not read, and what was not chosen."""

from contextlib import AbstractAsyncContextManager

from stream.archive.reading import Reading
from stream.connection.kafka import Broker
from stream.contracts.topics import CATALOG, INPUTS, TRAINING
from stream.replay.chosen import Chosen
from stream.replay.past import KAFKA, Past, open_past

TOPICS = (*INPUTS, CATALOG, TRAINING)  # what a comparison reads


def open_all(source: str, reading: Reading, broker: Broker) -> AbstractAsyncContextManager[Past]:
    """Open a file, a folder, `-`, or topics; `kafka:` alone is all that a comparison reads.

    Raises:
        LogError: the file cannot be read, here or later.
        BrokerAway, TopicsDiffer: Kafka does not answer, or has no such topic.
    """
    return open_past(KAFKA + ",".join(TOPICS) if source == KAFKA else source, Chosen(), reading, broker)
