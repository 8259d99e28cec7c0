"""Why Kafka does not answer: the clients say only that it does not, so each server is asked once more, and its refusal is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.conn import create_conn  # type: ignore[import-untyped]
from aiokafka.errors import (  # type: ignore[import-untyped]
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest  # type: ignore[import-untyped]

from features.store.tls import tls_cure
from stream.connection.kafka import Broker, Kafka, arguments
from stream.errors import BrokerAway, RightsMissing

ASK_MS = 5_000
CLOSING_S = 0.1  # connections with TLS take a moment to close, and a command may end at once after this
RIGHTS = (TopicAuthorizationFailedError, GroupAuthorizationFailedError, ClusterAuthorizationFailedError)
RIGHTS_CODES = {refusal.errno for refusal in RIGHTS}
UNREACHABLE = "check KAFKA_BOOTSTRAP_SERVERS and that the broker runs"
SIGN_IN = "wrong user or password: check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD or its file"
HANGS_UP = "somebody hangs up there: set KAFKA_SECURITY_PROTOCOL to what that port speaks (TLS: SSL or SASL_SSL)"


@asynccontextmanager
async def clear_refusals(at: Broker) -> AsyncIterator[None]:
    """Raise BrokerAway with the cause and its cure where the broker cannot be reached, RightsMissing where it lets us do nothing."""
    try:
        yield
    except KafkaError as fault:
        if isinstance(fault, RIGHTS):
            raise rights_missing(at, str(fault)) from fault
        if isinstance(fault, KafkaConnectionError) or fault.retriable:
            raise BrokerAway(f"Kafka at {at} does not answer: {await cure_of(at)}.") from fault
        raise


def rights_missing(at: Broker, words: str) -> RightsMissing:
    """Return the error of a user who may not do what was asked, in the broker's words."""
    user = f"User:{at.username}" if isinstance(at, Kafka) and at.has_user else "the user of this connection"
    return RightsMissing(f"Kafka at {at} refuses it ({words}): give {user} the rights that deploy/kafka/acls.sh lists for its part.")


async def cure_of(at: Broker) -> str:
    """Ask every server once and return what to do about the first refusal that tells more than that nobody is there."""
    kafka = at if isinstance(at, Kafka) else Kafka(at)
    auth = {"security_protocol": "PLAINTEXT"} | arguments(kafka)
    servers = auth.pop("bootstrap_servers").split(",")
    cures = []
    for server in servers:
        host, _, port = server.strip().rpartition(":")
        try:
            connection = await create_conn(host, int(port), request_timeout_ms=ASK_MS, **auth)
            try:
                await connection.send(MetadataRequest([]))
            finally:
                connection.close()
        except (KafkaError, OSError, TimeoutError, EOFError) as refusal:
            cures.append(_cure(kafka, refusal))
    await asyncio.sleep(CLOSING_S)
    return next((cure for cure in cures if cure != UNREACHABLE), UNREACHABLE)


def _cure(kafka: Kafka, refusal: BaseException) -> str:
    words = f"{refusal} {refusal.__cause__ or refusal.__context__ or ''}"  # a connection that was closed says by what
    if (cure := tls_cure(words, "KAFKA_SSL_CA_FILE", "KAFKA_BOOTSTRAP_SERVERS")) is not None:
        return cure
    if isinstance(refusal, SaslAuthenticationFailed | AuthenticationFailedError):
        return SIGN_IN
    if isinstance(refusal, UnsupportedSaslMechanismError):
        return f"it does not offer {kafka.mechanism}: set KAFKA_SASL_MECHANISM to one that it has"
    if isinstance(refusal, IllegalSaslStateError) or _hung_up(refusal):
        return HANGS_UP
    return UNREACHABLE


def _hung_up(refusal: BaseException | None) -> bool:
    """Tell whether somebody answered the call and hung up."""
    if isinstance(refusal, ConnectionResetError | EOFError):
        return True
    return isinstance(refusal, KafkaConnectionError) and ("closed" in str(refusal) or _hung_up(refusal.__cause__ or refusal.__context__))
