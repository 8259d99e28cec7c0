"""Events without a topic's address get the one that they would have had."""

from collections import Counter

import msgspec

from stream.archive.formats.refused import LineRefused
from stream.contracts.events import Event, name_of
from stream.contracts.ids import Customer
from stream.contracts.topics import topic_of
from stream.engine.record import Record, TopicPartition
from stream.engine.who import Pseudonymise, customer_in_log, named
from stream.transport.partitions import partition_of

_JSON = msgspec.json.Encoder()


def named_event(event: Event, pseudonymise: Pseudonymise) -> Event:
    """Return the event under its customer, without raw ids; one that names only a session counts the session as its customer.

    Raises:
        LineRefused: it names nobody.
    """
    customer = customer_in_log(event, pseudonymise)
    if customer is None:
        raise LineRefused("names nobody: give customer, user_id, client_id or session_id")
    return named(event, customer)


class Placing:
    """Gives events their topic, the partition where their customer lives, and the next offset there, from 0.

    `partitions`: how many every input topic has.
    """

    def __init__(self, partitions: int) -> None:
        self._next: Counter[TopicPartition] = Counter()
        self._partitions = partitions

    def record_of(self, event: Event) -> Record:
        """Return the record of an event that names its customer; its timestamp is the event's time."""
        customer = Customer(event.customer or "")
        at = TopicPartition(topic_of(name_of(event)), partition_of(customer, self._partitions))
        offset = self._next[at]
        self._next[at] += 1
        return Record(*at, offset, event.event_time_ms, customer.encode(), _JSON.encode(event), (), event)
