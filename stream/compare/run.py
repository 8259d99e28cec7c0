"""A log replayed under several policies at once, turn by turn, and what would differ."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

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
from stream.replay.chosen import Chosen
from stream.replay.in_memory import InMemory, in_turns

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
        self.records, self._events, self._first_ms, self._progress = 0, 0, -1, progress
        self._sides = [Side(one, pseudonymise=pseudonymise, partitions=partitions, clip=clip) for one in candidates]
        self._logged, self._as_it_was, self._over = Logged(), Tally(), False

    @property
    def clock_ms(self) -> int:
        """Return the newest timestamp of an input so far."""
        return self._sides[0].run.clock_ms

    async def of(self, log: Iterable[Record], chosen: Chosen) -> Compared:
        """Replay what was chosen of a log; what it says of suggestions and their outcomes is read to its end, whatever was chosen.

        Raises:
            LogError: the log cannot be read on.
            RecordFailed: an event cannot be folded.
        """
        began_s = time.perf_counter()
        inputs = self._inputs(log, Wanted(chosen.wanted.from_ms, chosen.wanted.to_ms))
        for side in self._sides:
            await side.run.begin()
        for number, turn in enumerate(in_turns(self._counted(record) for record in chosen.of(inputs))):
            for side in self._sides:
                await side.run.work(turn)
            self._meet()
            if number % TURNS_A_LOOK == 0:
                self._progress(self)
        self._over = True
        for _ in inputs:
            self._settle(self._logged.settled())
        self._settle(self._logged.rest())
        return self._told(time.perf_counter() - began_s)

    def _inputs(self, log: Iterable[Record], times: Wanted) -> Iterator[Record]:
        """Yield what a worker reads; what was shown in the chosen time, which is its cause's, and all outcomes go another way."""
        for record in log:
            if record.topic == TRAINING:
                self._logged.take(record, shown=not self._over and times.has(record))
            elif record.topic == CATALOG or record.topic in INPUTS:
                yield record

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
