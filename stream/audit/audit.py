"""Suggestions joined with what was kept of them and the model that they name; each is judged once all of it is there."""

from collections import Counter, OrderedDict
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from online_models.policy.policy import MINUTE_MS, Policy
from online_models.ranker import Weights
from stream.audit.checks import (
    Difference,
    Features,
    features_kept,
    has_cards,
    likely_otherwise,
    ranked_otherwise,
    rows_kept,
    scored_otherwise,
    shown_otherwise,
)
from stream.audit.models import Models
from stream.audit.ruled import against_policy
from stream.contracts.suggestion import Suggestion
from stream.contracts.topics import MODELS, SUGGESTIONS, TRAINING
from stream.contracts.training import Candidates, ModelRecord, Shown, Training
from stream.engine.record import Record

TOPICS = (SUGGESTIONS, TRAINING, MODELS)
WAITS_MS = 20 * MINUTE_MS  # a worker answers what is at most as old as a suggestion lives, 15 minutes, and everything is written at once
MOST_TOLD, MOST_OF_ONE = 100, 10  # differences in all and of one suggestion; the others are only counted
_SUGGESTION = msgspec.json.Decoder(Suggestion)
_TRAINING = msgspec.json.Decoder(Training)
_MODEL = msgspec.json.Decoder(ModelRecord)


class Found(Struct, frozen=True):
    """A difference and where its record stands, `topic:partition:offset`."""

    suggestion_id: str
    address: str
    difference: Difference


class Audited(Struct, frozen=True):
    """What came of an audit.

    `suggestions` that showed anything; of these `audited`, whose features and model were there, and of these `agree`; `sampled`: rankings
    that were ranked again, with `candidates` in them; `ruled`: suggestions that were held against the policy that they name. `without`:
    what could not be audited, by what was missing. `found`: how many differences, of which `differences` are the first.
    """

    suggestions: int
    audited: int
    agree: int
    cards: int
    sampled: int
    candidates: int
    ruled: int
    without: dict[str, int]
    found: int
    differences: tuple[Found, ...]


class _Case(Struct):
    """What is known so far of one suggestion, since `opened_ms`."""

    opened_ms: int
    suggestion: Suggestion | None = None
    suggestion_at: str = ""
    shown: Shown | None = None
    shown_at: str = ""
    kept: dict[str, tuple[str, Candidates]] = {}

    @property
    def model_version(self) -> int | None:
        """The model that it names, as far as that is known."""
        if self.suggestion is not None:
            return self.suggestion.model_version
        return next((kept.model_version for _, kept in self.kept.values()), None)


class Audit:
    """Takes the records of `TOPICS` in the archive's order, and holds only what is not complete yet, for at most 20 minutes of their time.

    Args:
        policy: suggestions that name its version are held against its rules.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy, self._models = policy, Models(2 * WAITS_MS)
        self._cases: OrderedDict[str, _Case] = OrderedDict()
        self._done: OrderedDict[str, int] = OrderedDict()  # suggestion -> when; what is sent again is the same
        self._clock_ms = 0
        self._counts: Counter[str] = Counter()
        self._without: Counter[str] = Counter()
        self._told: list[Found] = []

    def take(self, record: Record) -> None:
        """Take in one record. What cannot be read is counted."""
        self._clock_ms = max(self._clock_ms, record.timestamp_ms)
        try:
            if record.topic == SUGGESTIONS:
                self._suggestion(_SUGGESTION.decode(record.value or b""), record)
            elif record.topic == TRAINING:
                self._training(_TRAINING.decode(record.value or b""), record)
            elif record.topic == MODELS:
                self._model(_MODEL.decode(record.value or b""), record)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._without["a record that can be read"] += 1
        self._close(self._clock_ms - WAITS_MS)

    def end(self) -> Audited:
        """Judge what is left, as far as it is there, and return what came of it all."""
        self._close(self._clock_ms + 1)
        counts = self._counts
        return Audited(
            counts["suggestions"],
            counts["audited"],
            counts["agree"],
            counts["cards"],
            counts["sampled"],
            counts["candidates"],
            counts["ruled"],
            dict(sorted(self._without.items())),
            counts["found"],
            tuple(self._told),
        )

    def _suggestion(self, said: Suggestion, record: Record) -> None:
        if has_cards(said.lists) and (case := self._case(said.suggestion_id, record)) is not None and case.suggestion is None:
            case.suggestion, case.suggestion_at = said, record.address
            self._counts["suggestions"] += 1
            self._judge_if_whole(said.suggestion_id, case)

    def _training(self, said: Training, record: Record) -> None:
        if isinstance(said, Candidates) and (case := self._case(said.suggestion_id, record)) is not None:
            case.kept = {said.head: (record.address, said)} | case.kept
        elif isinstance(said, Shown) and (case := self._case(said.suggestion_id, record)) is not None and case.shown is None:
            case.shown, case.shown_at = said, record.address
            self._judge_if_whole(said.suggestion_id, case)

    def _model(self, said: ModelRecord, record: Record) -> None:
        self._models.put(said, record.timestamp_ms)
        for suggestion_id, case in list(self._cases.items()):
            if case.model_version == said.learnt_to:
                self._judge_if_whole(suggestion_id, case)

    def _case(self, suggestion_id: str, record: Record) -> _Case | None:
        """Return the suggestion's case, None where it is closed already."""
        if suggestion_id in self._done:
            return None
        return self._cases.setdefault(suggestion_id, _Case(record.timestamp_ms))

    def _judge_if_whole(self, suggestion_id: str, case: _Case) -> None:
        said = case.suggestion
        if said is not None and case.shown is not None and self._models.of(said.model_version) is not None:
            self._judge(suggestion_id)

    def _close(self, until_ms: int) -> None:
        """Judge what nothing more can come to."""
        while self._cases and (first := next(iter(self._cases))) and self._cases[first].opened_ms < until_ms:
            self._judge(first)
        while self._done and self._done[next(iter(self._done))] < until_ms:
            self._done.popitem(last=False)
        self._models.forget_before(self._clock_ms)

    def _judge(self, suggestion_id: str) -> None:
        case = self._cases.pop(suggestion_id)
        self._done[suggestion_id] = self._clock_ms
        version = case.model_version
        weights = None if version is None else self._models.of(version)
        missing = _missing(case, weights)
        if missing is not None:
            self._without[missing] += 1
        found = list(self._differences(case, weights))
        if missing is None:
            self._counts["audited"] += 1
            self._counts["agree"] += not found
        self._counts["found"] += len(found)
        self._told += [Found(suggestion_id, at, one) for at, one in found[: min(MOST_OF_ONE, MOST_TOLD - len(self._told))]]

    def _differences(self, case: _Case, weights: Weights | None) -> Iterator[tuple[str, Difference]]:
        """Yield (address, difference) of all that is there to be held against each other."""
        features: dict[str, Features] = {}
        for at, kept in case.kept.values() if weights is not None else ():
            if (held := features_kept(kept)) is None:
                self._without["features of this release"] += 1
                continue
            features[kept.head] = held
            self._counts["sampled"] += 1
            self._counts["candidates"] += len(held.items)
            for one in ranked_otherwise(kept, held, weights):  # type: ignore[arg-type]
                yield at, one
        said, shown = case.suggestion, case.shown
        if said is None:
            return
        if said.policy_version == self._policy.version:
            self._counts["ruled"] += 1
            for one in against_policy(said, self._policy):
                yield case.suggestion_at, one
        rows = None if shown is None else rows_kept(shown.items)
        if shown is None or rows is None or weights is None:
            return
        self._counts["cards"] += len(rows)
        for one in scored_otherwise(said, features) if features and len(features) == len(case.kept) else ():
            yield case.suggestion_at, one
        for one in shown_otherwise(said, shown, rows):
            yield case.suggestion_at, one
        for one in likely_otherwise(said, rows, weights.uptake):
            yield case.suggestion_at, one


def _missing(case: _Case, weights: Weights | None) -> str | None:
    """Return what an audit of the case lacks, None where it lacks nothing."""
    if case.suggestion is None:
        return "the suggestion"
    if case.shown is None:
        return "features"
    if weights is None:
        return "the model"
    return None if rows_kept(case.shown.items) is not None else "features of this release"
