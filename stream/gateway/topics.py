"""Following the suggestions and the customers' will: what is read goes to the board and to whoever is connected."""

import asyncio
from collections.abc import Callable

import msgspec
from aiokafka.structs import ConsumerRecord  # type: ignore[import-untyped]

from stream.contracts.consent import Choice, Consent
from stream.contracts.ids import Customer
from stream.contracts.suggestion import SUGGESTION_LIFE_MS, Suggestion
from stream.contracts.topics import CONSENT, SUGGESTIONS
from stream.engine.who import Pseudonymise, customer_of
from stream.gateway.board import Board
from stream.gateway.subscribers import Subscribers
from stream.settings import Settings
from stream.telling.logger import at, logger_of
from stream.tracing.context import HEADER, trace_of
from stream.transport.follower import Fetching, Follower

Heard = Callable[[Customer, Choice, float], None]  # whose will, what, when (seconds since 1970)
log = logger_of(__name__)
_SUGGESTION = msgspec.json.Decoder(Suggestion)
_CONSENT = msgspec.json.Decoder(Consent)


class Intake:
    """Takes in records of both topics. What cannot be read is logged by its address and passed over."""

    def __init__(self, board: Board, subscribers: Subscribers, pseudonymise: Pseudonymise, heard: Heard) -> None:
        self._board, self._subscribers = board, subscribers
        self._pseudonymise, self._heard = pseudonymise, heard
        self._void_ms: dict[Customer, int] = {}  # what was caused before this is not to be shown any more
        self.unreadable = 0

    def suggestion(self, record: ConsumerRecord) -> None:
        """Show what is newer than what stands, unless the customer has opted out or asked to be forgotten since."""
        try:
            suggestion = _SUGGESTION.decode(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            return self._pass_over(record, fault)
        if suggestion.created_ms <= self._void_ms.get(Customer(suggestion.customer), 0):
            return None
        held = self._board.take(record.partition, record.offset, suggestion, _trace_in(record))
        if held is not None:
            self._subscribers.publish(held)
        return None

    def consent(self, record: ConsumerRecord) -> None:
        """Do at once what the customer wants: after opt_out and forget nothing stands and no stream is open."""
        try:
            consent = _CONSENT.decode(record.value or b"")
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            return self._pass_over(record, fault)
        customer = customer_of(consent, self._pseudonymise)
        if customer is None:
            return None
        self._heard(customer, consent.choice, record.timestamp / 1000)
        if consent.choice != "opt_in":
            self._void_ms[customer] = max(record.timestamp, self._void_ms.get(customer, 0))
            self._board.drop(customer)
            self._subscribers.close_all_of(customer, "opted_out")
        return None

    def expire(self, now_ms: int) -> None:
        """Let go of what nobody may show any more."""
        self._board.expire(now_ms)
        for customer in [name for name, void_ms in self._void_ms.items() if void_ms + SUGGESTION_LIFE_MS <= now_ms]:
            del self._void_ms[customer]

    def _pass_over(self, record: ConsumerRecord, fault: Exception) -> None:
        self.unreadable += 1
        log.warning("record passed over", **at(record), error=str(fault))


def _trace_in(record: ConsumerRecord) -> str | None:
    """Return the trace that the record came with; None for a header that is not well-formed, which no page is to be given."""
    header = next((value for name, value in record.headers if name == HEADER), None)
    return header.decode() if header is not None and trace_of(header) else None


class Topics:
    """Both followers. The will is read first, so that nothing is shown that it forbids."""

    def __init__(self, settings: Settings, intake: Intake, *, now_ms: int) -> None:
        broker, fetching = settings.kafka, Fetching(min_bytes=1, wait_ms=settings.fetch_wait_ms)
        life_ms = max(SUGGESTION_LIFE_MS, settings.token_s * 1000)  # a will that voids a token, or what still stands
        self._consent = Follower(broker, CONSENT, intake.consent, since_ms=now_ms - life_ms, fetching=fetching)
        self._suggestions = Follower(broker, SUGGESTIONS, intake.suggestion, since_ms=now_ms - SUGGESTION_LIFE_MS, fetching=fetching)
        self.ready = False

    @property
    def followers(self) -> tuple[Follower, Follower]:
        """Who reads the will, and who the suggestions."""
        return self._consent, self._suggestions

    async def caught_up(self) -> None:
        """Begin to read, and return once both topics are read up to where they stood at the start."""
        await self._consent.start()
        await self._consent.caught_up()
        await self._suggestions.start()
        await self._suggestions.caught_up()
        self.ready = True

    async def ended(self) -> None:
        """Return, or raise what it ended by, once one of the followers is over; both are running by then."""
        waiting = [asyncio.create_task(follower.ended()) for follower in (self._consent, self._suggestions)]
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            for task in waiting:
                task.cancel()

    async def stop(self) -> None:
        """End both; what one ended by, `ended` has told."""
        await asyncio.gather(self._consent.stop(), self._suggestions.stop(), return_exceptions=True)
