"""How good answers were, and how much work they took."""

from collections.abc import Collection, Iterable, Sequence
from time import thread_time_ns

import numpy as np


class Metrics:
    """HR, MRR and recall at K over questions: the target's rank counts, not its score."""

    def __init__(self, k: int) -> None:
        self.k = k
        self.hits: list[bool] = []  # question by question
        self._reciprocal = 0.0
        self._recall = 0.0

    def count(self, answer: Sequence[str], truth: Collection[str]) -> None:
        """Count one question. `answer`: best first; a hit is any of `truth` among its first K, ranked by the first of them."""
        ranks = [rank for rank, item_id in enumerate(answer[: self.k], 1) if item_id in truth]
        self.hits.append(bool(ranks))
        if ranks:
            self._reciprocal += 1 / ranks[0]
            self._recall += len(ranks) / len(truth)

    @property
    def n(self) -> int:
        """Questions counted."""
        return len(self.hits)

    def hit_rate(self) -> float:
        """Return the share of questions with a hit; 0 without questions."""
        return sum(self.hits) / max(1, self.n)

    def mrr(self) -> float:
        """Return the mean of 1 / rank of the first hit, 0 where there is none."""
        return self._reciprocal / max(1, self.n)

    def recall(self) -> float:
        """Return the mean share of the truth among the first K."""
        return self._recall / max(1, self.n)

    def figures(self, *, recall: bool = False) -> dict[str, float]:
        """Return the figures by name, rounded to 4 places."""
        figures = {f"hr@{self.k}": self.hit_rate(), f"mrr@{self.k}": self.mrr()}
        if recall:
            figures[f"recall@{self.k}"] = self.recall()
        return {name: round(value, 4) for name, value in figures.items()}


class Rankers:
    """The simple rankers that a protocol is measured against, by name: each answers every question that counts."""

    def __init__(self, names: Iterable[str], k: int, *, recall: bool = False) -> None:
        self.k, self.recall = k, recall
        self.metrics = {name: Metrics(k) for name in names}

    def figures(self) -> dict[str, dict[str, float]]:
        """Return each ranker's figures."""
        return {name: metrics.figures(recall=self.recall) for name, metrics in self.metrics.items()}

    def hits(self) -> dict[str, list[bool]]:
        """Return of each ranker whether it was right, question by question."""
        return {name: metrics.hits for name, metrics in self.metrics.items()}


class Stopwatch:
    """CPU time of one kind of work; use as a context manager around each piece.

    The thread's own time, not the wall's: what else runs on the machine makes it longer by shared caches only.
    """

    def __init__(self) -> None:
        self._took_ns: list[int] = []
        self._began_ns = 0

    def __enter__(self) -> None:
        self._began_ns = thread_time_ns()

    def __exit__(self, *_: object) -> None:
        self._took_ns.append(thread_time_ns() - self._began_ns)

    def percentiles_us(self) -> dict[str, float]:
        """Return p50 and p99 in microseconds, 0 when nothing was timed."""
        if not self._took_ns:
            return {"p50": 0.0, "p99": 0.0}
        p50, p99 = np.percentile(np.array(self._took_ns), [50, 99]) / 1000
        return {"p50": round(float(p50), 1), "p99": round(float(p99), 1)}
