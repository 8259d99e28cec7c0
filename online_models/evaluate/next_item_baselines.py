"""The simple rankers that next-item is measured against; each learns in the same pass."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from itertools import chain
from math import sqrt

import numpy as np

from online_models.browse.neighbours import VOTING_ROWS, alike
from online_models.evaluate.metrics import Rankers
from online_models.memory.shared import SharedMemory

COMPANY = 10  # distinct items before this one that it is counted together with
READ = 20  # items of the session that a question looks at
FADE = 0.7  # weight of each item further back
NAMES = ("popular", "cosine", "vmis-knn", "session-then-vmis-knn")


class Baselines(Rankers):
    """Popular, item-item cosine, vmis-knn, and vmis-knn after the session's own last three other items."""

    def __init__(self, k: int) -> None:
        super().__init__(NAMES, k)
        self._counts: Counter[str] = Counter()
        self._top: list[str] = []  # the k + 1 counted most; counts only grow, so whatever is missing here comes in with its next touch
        self._together: dict[str, Counter[str]] = {}
        self._sessions: dict[str, list[str]] = {}  # session -> its distinct items, the newest last

    def learn(self, session: str, item_id: str) -> None:
        """Count one touch."""
        items = self._sessions.setdefault(session, [])
        if item_id in items:
            items.remove(item_id)
        for other in items[-COMPANY:]:
            self._together.setdefault(item_id, Counter())[other] += 1
            self._together.setdefault(other, Counter())[item_id] += 1
        self._counts[item_id] += 1
        self._top = _best({one: self._counts[one] for one in (*self._top, item_id)}.items(), self.k + 1)
        items.append(item_id)

    def count(self, memory: SharedMemory, session: str, target: str) -> None:
        """Answer the question and count the answers; called before the touch is learnt."""
        items = self._sessions[session][::-1]
        voted = self._vmis(memory, session, items)
        own = items[1:4]
        answers = {
            "popular": self._popular(items[0]),
            "cosine": self._cosine(items),
            "vmis-knn": voted[: self.k],
            "session-then-vmis-knn": list(dict.fromkeys(chain(own, voted)))[: self.k],
        }
        for name, answer in answers.items():
            self.metrics[name].count(answer, (target,))

    def _popular(self, on_screen: str) -> list[str]:
        return [one for one in self._top if one != on_screen][: self.k]

    def _cosine(self, items: list[str]) -> list[str]:
        scores: dict[str, float] = {}
        for age, item_id in enumerate(items[:READ]):
            weight = FADE**age / sqrt(self._counts[item_id])
            for other, times in self._together.get(item_id, {}).items():
                scores[other] = scores.get(other, 0.0) + weight * times / sqrt(self._counts[other])
        scores.pop(items[0], None)
        return _best(scores.items(), self.k)

    def _vmis(self, memory: SharedMemory, session: str, items: list[str]) -> list[str]:
        """Sum the weights of the 100 most alike of the newest 500 sessions of each item, without idf.

        Source: Kersbergen et al., "Serenade", SIGMOD 2022.
        """
        sessions = memory.sessions
        anchors = [(back, number) for back, one in enumerate(items) if (number := memory.items.find(one)) is not None]
        rows = alike(sessions, [anchors], np.array([sessions.start_of(session)]))
        cells = sessions.items[rows.slots[:VOTING_ROWS]]
        weights = np.broadcast_to(rows.weights[:VOTING_ROWS, None], cells.shape)
        held = (cells >= 0) & (cells != anchors[0][1])
        first, inverse = sessions.dense.number(cells[held].astype(np.intp), len(memory.items))
        scores = np.bincount(inverse, weights[held], len(first))
        order = np.argsort(-scores, kind="stable")[: self.k]
        return [memory.items.ids[item] for item in cells[held][first][order].tolist()]


def _best(scores: Iterable[tuple[str, float]], k: int) -> list[str]:
    """Return the k best; of equal ones the alphabetically first."""
    return [item_id for item_id, _ in nsmallest(k, scores, key=lambda one: (-one[1], one[0]))]
