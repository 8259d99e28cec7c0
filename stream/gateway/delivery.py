"""Handing records to the broker while somebody waits for the answer."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]

from stream.engine.patience import Away
from stream.engine.record import Outgoing
from stream.gateway.problems import Refused
from stream.telling.logger import logger_of
from stream.transport.producer import send_all

PATIENCE_S = 5.0  # an idempotent producer tries for ever, a browser does not wait for ever
RETRY_AFTER_S = 2
log = logger_of(__name__)


async def deliver(producer: AIOKafkaProducer, outgoing: Sequence[Outgoing]) -> None:
    """Return once the broker has acknowledged these records.

    Raises:
        Refused: 503 `broker_away`. Some of the records may stand, or come to stand later; sent again, they are repeats by their event ids.
    """
    try:
        async with asyncio.timeout(PATIENCE_S):
            await send_all(producer, outgoing)
    except (TimeoutError, Away, KafkaError) as fault:
        log.warning("records not handed to the broker", records=len(outgoing), error=type(fault).__name__)
        raise unavailable("broker_away", "The events are not taken now: send the same again in a moment.") from fault


def unavailable(code: str, detail: str) -> Refused:
    """Return the refusal of a request that may be sent again as it is."""
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, {"Retry-After": str(RETRY_AFTER_S)})
