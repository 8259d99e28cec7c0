"""A Faust transport on which one fetch of all assigned partitions is one event.

Faust hands an agent one record at a time and reads ahead of it. Both are wrong for work that has a fixed price a batch
(a read, a commit, acknowledgements): the queue fills with batches of one, and latency grows to seconds at a twentieth of
the possible load. Here the next batch waits until the agent is idle, so batches grow with the backlog.
"""

from typing import ClassVar

from faust import auth
from faust.transport import drivers
from faust.transport.drivers import aiokafka as driver
from faust.types.transports import ConsumerT, ProducerT

from stream.connection.kafka import Broker, Kafka
from stream.transport.consumer import BatchConsumer
from stream.transport.producer import AcknowledgedProducer

SCHEME = "tsuide"


class BatchTransport(driver.Transport):
    """Faust's aiokafka transport with our consumer and producer."""

    Consumer: ClassVar[type[ConsumerT]] = BatchConsumer
    Producer: ClassVar[type[ProducerT]] = AcknowledgedProducer


def broker_url(broker: Broker) -> str:
    """Return Faust's address of these brokers over this transport, which it makes known to Faust."""
    drivers.TRANSPORTS.aliases[SCHEME] = f"{__name__}:{BatchTransport.__name__}"
    return ";".join(f"{SCHEME}://{server.strip()}" for server in str(broker).split(","))


def credentials(kafka: Kafka) -> auth.Credentials | None:
    """Return what Faust needs to sign in and to encrypt; None for PLAINTEXT. Raises SettingsError."""
    context = kafka.tls.context() if kafka.has_tls else None
    if kafka.has_user and kafka.password is not None:
        password = kafka.password.reveal().decode()
        return auth.SASLCredentials(username=kafka.username, password=password, ssl_context=context, mechanism=kafka.mechanism)
    return auth.SSLCredentials(context) if context else None
