"""One pass over a log: what every protocol knows before a step, how it asks and teaches, and what it measures on the way."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, Generic, TypedDict, TypeVar

from features.catalog import Catalog
from features.profile import Profile
from online_models.evaluate.metrics import Metrics, Rankers, Stopwatch
from online_models.evaluate.report import Curves, Figures, More, Report, lines_in, size_mib
from online_models.learn import Learner
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import step
from online_models.request import Ranked, Request

PROGRESS_STEPS = 1000
Step = TypeVar("Step")
Simple = TypeVar("Simple", bound=Rankers)


class How(TypedDict, total=False):
    """What every evaluation can be told.

    `tail`: share of the steps (events or baskets), from the log's end, whose questions count; 0.2 unless the protocol says otherwise.
    `learner`: the ranker that is asked and taught; a new one unless given.
    `progress`: called with (steps done, all steps), every 1,000.
    """

    tail: float
    learner: Learner
    progress: Callable[[int, int], None]


class Walk(ABC, Generic[Step, Simple]):
    """The pass. A protocol is a walk that says in `take` what a step asks and what it teaches.

    Attributes:
        baselines: the simple rankers, which answer the questions that count.
        metrics: how good the answers to those were; `recommending`, `learning`: the time that each answer and each step's learning took.
        profiles: by customer, as of his last step.
    """

    protocol: ClassVar[str]

    def __init__(
        self, baselines: Simple, *, tail: float = 0.2, learner: Learner | None = None, progress: Callable[[int, int], None] | None = None
    ) -> None:
        self.baselines, self.tail, self.progress = baselines, tail, progress
        self.memory, self.learner = SharedMemory(), learner or Learner()
        self.weights = self.learner.weights()
        self.metrics, self.asked_ms = Metrics(baselines.k), list[int]()
        self.recommending, self.learning = Stopwatch(), Stopwatch()
        self.profiles: dict[str, Profile] = {}

    @abstractmethod
    def take(self, step: Step, number: int, *, counts: bool) -> None:
        """Ask what there is to ask, count the answers if it `counts`, and only then learn step `number`."""

    def over(self, steps: Sequence[Step]) -> Report:
        """Take all steps, which are in their order, and return what was found."""
        counted_from = int((1 - self.tail) * len(steps))
        for number, one in enumerate(steps):
            self.take(one, number, counts=number >= counted_from)
            if self.progress and (number + 1) % PROGRESS_STEPS == 0:
                self.progress(number + 1, len(steps))
        return self.report(len(steps))

    def ask(self, request: Request, profile: Profile, catalog: Catalog, now_ms: int) -> Ranked:
        """Return what the worker would answer, timed."""
        with self.recommending:
            return rank(request, profile, self.memory, catalog, self.weights, now_ms)

    def count(self, ranked: Ranked, truth: Collection[str], now_ms: int) -> None:
        """Count the answer to a question of `now_ms`."""
        self.metrics.count(ranked.items, truth)
        self.asked_ms.append(now_ms)

    def teach(self, ranked: Ranked, *taken: str) -> None:
        """Take one step towards what was really taken; none where it was no candidate."""
        lesson = step(ranked, *taken)
        if lesson is not None:
            self.learner.learn(lesson.head, lesson.bucket, lesson.z, lesson.loss)
            self.weights = self.learner.weights()

    def figures(self) -> Figures:
        """Return how good the answers were."""
        return self.metrics.figures(recall=self.baselines.recall)

    def more(self) -> More:
        """Return what this protocol alone has to say."""
        return {}

    def report(self, steps: int) -> Report:
        """Return what was found over so many steps."""
        return Report(
            self.protocol,
            self.metrics.n,
            self.figures(),
            self.baselines.figures(),
            steps,
            len(self.memory.items),
            self.recommending.percentiles_us(),
            self.learning.percentiles_us(),
            size_mib(self.memory),
            self.more(),
            lines=lines_in(self.memory),
            curves=Curves(self.asked_ms, {"tsuide": self.metrics.hits} | self.baselines.hits()),
        )
