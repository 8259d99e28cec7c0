"""A log replayed under several policies at once, turn by turn, and what would differ."""

import time
from collections.abc import AsyncIterable, Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from online_models.counterfactual.estimates import difference, ips, observed, snips
from online_models.counterfactual.support import Support
from online_models.counterfactual.tally import Tally
from online_models.policy.policy import Policy
from online_models.recommend import Recommendation
from stream.archive.wanted import Wanted
from stream.compare.compared import Compared, LoggedFigures, PolicyFigures, Uptake
from stream.compare.figures import Beside, Said
from stream.compare.logged import Logged, Seen
from stream.compare.places import Places, places_of
from stream.contracts.topics import CATALOG, INPUTS, TRAINING
from stream.engine.decode import Decoded
from stream.engine.knowledge import Knowledge
from stream.engine.record import Record
from stream.engine.who import Pseudonymise
from stream.replay.chosen import Chosen, Picker
from stream.replay.in_memory import InMemory

TURNS_A_LOOK = 16
NOWHERE: Places = {}


class Candidate(Struct, frozen=True):
    """A policy under the name that it has in the report; `know` holds it, and a catalogue that may be filled already."""

    name: str
    know: Knowledge


class Side:
    """One policy's replay, and what it said in the turn that is worked."""

    def __init__(self, candidate: Candidate, *, pseudonymise: Pseudonymise, partitions: int, clip: float | None) -> None:
        self.name, self.policy = candidate.name, candidate.know.policy
        self.said, self.beside, self.tally = Said(), Beside(), Tally(clip=clip)
        self.answers: dict[str, Recommendation] = {}
        self.customers: dict[str, str] = {}
        self.run = InMemory(
            candidate.know, pseudonymise=pseudonymise, partitions=partitions, tell=lambda record: None, answered=self._answered
        )

    def _answered(self, decoded: Decoded, answer: Recommendation) -> None:
        self.answers[str(decoded.origin)], self.customers[str(decoded.origin)] = answer, decoded.customer
        self.said.add(answer)


class Comparison:
    """Replays a log once under each of two or more policies; the first is what the others are compared with.

    Each has a worker, a trainer and a memory of its own. They are led through the log together, so that it may be a pipe and their answers
    need not be kept; the same log and policies give the same figures. `records` says how many inputs so far, `clock_ms` which time is
    reached, `progress` is called now and then.

    What became of the cards is the logged customers' doing. So a policy's replay does not know how customers would have gone on under it:
    its profiles hold what they did when they were shown something else; its caps count what it said itself. And an item is taken to be
    taken up as likely as it was in the same place of the same list on the same occasion, whatever stands beside it.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        pseudonymise: Pseudonymise,
        partitions: int,
        clip: float | None = None,
        progress: Callable[["Comparison"], None] = lambda run: None,
    ) -> None:
        self.records, self._events, self._turns, self._first_ms, self._progress = 0, 0, 0, -1, progress
        self._sides = [Side(one, pseudonymise=pseudonymise, partitions=partitions, clip=clip) for one in candidates]
        self._logged, self._as_it_was = Logged(), Tally()

    @property
    def clock_ms(self) -> int:
        """Return the newest timestamp of an input so far."""
        return self._sides[0].run.clock_ms

    async def of(self, past: AsyncIterable[Record], chosen: Chosen) -> Compared:
        """Replay what is chosen of a past; what it says of suggestions and their outcomes is read to its end, whatever is chosen.

        Raises:
            LogError, BrokerAway: the past cannot be read on.
            RecordFailed: an event cannot be folded.
        """
        began_s = time.perf_counter()
        for side in self._sides:
            await side.run.begin()
        picker, turns, times = Picker(chosen), self._sides[0].run.turns(), Wanted(chosen.wanted.from_ms, chosen.wanted.to_ms)
        async for record in past:
            if record.topic == TRAINING:  # what was shown has the time of its cause, what became of it a later one
                self._logged.take(record, shown=not picker.is_done and times.has(record))
            elif not picker.is_done and (record.topic == CATALOG or record.topic in INPUTS) and picker.takes(record):
                await self._work(turns.add(self._counted(record)))
            if picker.is_done:  # only outcomes are waited for
                await self._work(turns.rest())
                self._settle(self._logged.settled())
        await self._work(turns.rest())
        self._settle(self._logged.rest())
        return self._told(time.perf_counter() - began_s)

    async def _work(self, turn: Sequence[Record]) -> None:
        """Work a turn under each policy, and compare what they said."""
        if not turn:
            return
        for side in self._sides:
            await side.run.work(turn)
        self._meet()
        self._turns += 1
        if self._turns % TURNS_A_LOOK == 0:
            self._progress(self)

    def _counted(self, record: Record) -> Record:
        if self._first_ms < 0:
            self._first_ms = record.timestamp_ms
        self.records += 1
        return record

    def _meet(self) -> None:
        """Compare what the policies said in this turn, occasion by occasion, and weigh what was really shown there."""
        first = self._sides[0]
        customers = {origin: customer for side in self._sides for origin, customer in side.customers.items()}
        for origin, customer in customers.items():
            self._events += 1
            answers = [side.answers.get(origin) for side in self._sides]
            for side, answer in zip(self._sides[1:], answers[1:], strict=True):
                side.beside.add(answers[0], answer)
            each = [NOWHERE if answer is None else places_of(answer) for answer in answers]
            self._logged.answered(origin, customer, each, first.run.clock_ms)
        for side in self._sides:
            side.answers.clear()
            side.customers.clear()
        self._settle(self._logged.settled())

    def _settle(self, cards: Iterable[Seen]) -> None:
        for card in cards:
            self._as_it_was.add(card.customer, 1.0, taken=card.taken)
            for side, weight, filled in zip(self._sides, card.weights, card.filled, strict=True):
                side.tally.add(card.customer, weight, taken=card.taken, filled=filled)

    def _told(self, seconds: float) -> Compared:
        first, logged, seen = self._sides[0], self._logged, self._as_it_was
        policies = tuple(
            PolicyFigures(
                side.name,
                side.policy.version,
                side.said.spoke,
                side.said.cards,
                len(side.said.items),
                side.said.lists,
                None if side is first else side.beside.told(first.said.items, side.said.items),
                None if logged.missing else self._uptake(number),
            )
            for number, side in enumerate(self._sides)
        )
        figures = LoggedFigures(logged.shown, seen.seen, seen.taken, observed(seen), logged.unmatched, logged.damaged, logged.missing)
        first_ms, last_ms = (self._first_ms, self.clock_ms) if self.records else (None, None)
        letters = first.run.engine.tally["dead_letters"]
        return Compared(self.records, first_ms, last_ms, self._events, letters, seconds, policies, figures)

    def _uptake(self, number: int) -> Uptake:
        """Return what the log tells of one policy; without enough support there is no figure."""
        side, first = self._sides[number], self._sides[0].tally
        support, beyond = Support.of(side.tally), side.said.cards - self._logged.beside[number]
        if thin := support.thin():
            return Uptake(support, beyond, thin, None, None, None)
        against = difference(side.tally, first) if number and not Support.of(first).thin() else None
        return Uptake(support, beyond, (), snips(side.tally), ips(side.tally), against)


def same_rules(one: Policy, other: Policy) -> bool:
    """Return whether two policies choose the same, however their files are written and whatever they call it."""
    return replace(one, version="", texts=other.texts) == replace(other, version="")
