"""The browse head's features: named, bounded, zero where a source is silent."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from online_models import native
from online_models.browse.candidates import HISTORY, Candidates
from online_models.browse.neighbours import DIRECTED, EVIDENCES, MOST, of_each
from online_models.browse.situation import Situation
from online_models.heads import BROWSE
from online_models.memory.categories import Categories
from online_models.memory.dense import Ints
from online_models.memory.shared import SharedMemory
from online_models.request import F32, Floats

DAY_MS = 24 * 60 * 60 * 1000
SLOW = 0.2  # of the logarithm of an age
REACH = 5  # items whose company vectors describe the session
COLUMN = {name: row for row, name in enumerate(BROWSE.features)}
IS_NEIGHBOUR = COLUMN["is_neighbour"]  # the last of the rows that the neighbours fill
POPULARITY_ROWS = slice(COLUMN["log_popularity"], COLUMN["trend"] + 1)
SESSION_ROWS = slice(COLUMN["in_session"], COLUMN["followed_before"] + 1)
HISTORY_ROWS = slice(COLUMN["in_history"], COLUMN["bought_before"] + 1)
_LOGGED = [0, 1, 2, DIRECTED]
_RANKS = 1 / (1 + np.arange(max(MOST, HISTORY)))
# By steps back, what an item weighs in the session and on screen; whole numbers: sums of company vectors stay exact.
_WEIGHTS = np.array([[2.0 ** (REACH - 1 - back) for back in range(REACH)], [float(back == 0) for back in range(REACH)]])


class _Asked(Struct, frozen=True):
    """What the rows of the table are worked out from.

    By question: `now_ms`, `category` and `category_before`, -2 where it is unknown. `ages_ms`: of `found.touches`, >= 0.
    """

    memory: SharedMemory
    situations: Sequence[Situation]
    found: Candidates
    now_ms: Ints
    category: Ints
    category_before: Ints
    ages_ms: Ints


def features(memory: SharedMemory, situations: Sequence[Situation], found: Candidates) -> F32:
    """Return the candidates' features (d, n), a row for each name of the head.

    Worked out in float64 and rounded: processors agree on the result.
    """
    table = np.zeros((len(BROWSE.features), len(found.items)), np.float32)
    now_ms = np.array([here.now_ms for here in situations])
    categories = np.array([(here.category, here.category_before) for here in situations]).T
    touched_ms = np.array([touch.last_ms for touch in found.touches], np.intp)
    ages_ms = np.maximum(now_ms.take(found.question.take(found.history)) - touched_ms, 0)
    category, category_before = categories - (categories < 0)
    asked = _Asked(memory, situations, found, now_ms, category, category_before, ages_ms)
    for fill in (_neighbour_rows, _popularity_rows, _session_rows, _history_rows, _category_rows, _similarity_rows, _crossed_rows):
        fill(table, asked)
    return table


def _neighbour_rows(table: F32, asked: _Asked) -> None:
    found, near = asked.found, asked.found.neighbours
    n = len(near.items)
    if n and native.COMPILED:
        native.table.neighbour_rows(table, found.near, near.items, near.ends, near.evidence, asked.memory.popularity.counts)
    elif n:
        evidence, ends = near.evidence, near.ends
        rows = np.empty((IS_NEIGHBOUR + 1, n))
        five = len(EVIDENCES)
        rows[:five] = np.log1p(evidence * (50 / np.maximum(of_each(np.add, evidence, ends), 1e-12)))
        rows[five : 2 * five] = evidence / np.maximum(of_each(np.maximum, evidence, ends), 1e-12)
        rows[2 * five : 2 * five + 4] = np.log1p(evidence.take(_LOGGED, axis=0))
        directed = evidence[DIRECTED]
        for begin, end in ends:
            rows[COLUMN["rank_directed"], (-directed[begin:end]).argsort(kind="stable") + begin] = _RANKS[: end - begin]
        rows[COLUMN["lift_directed"]] = np.log1p(20 * directed / np.sqrt(asked.memory.popularity.counts.take(near.items) + 1))
        rows[IS_NEIGHBOUR] = 1
        table[: IS_NEIGHBOUR + 1, found.near] = rows
    if len(found.hop):
        table[COLUMN["log_two_hop"], found.hop] = np.log1p(found.hop_weights)
        table[COLUMN["only_two_hop"], found.hop] = table[IS_NEIGHBOUR].take(found.hop) == 0


def _popularity_rows(table: F32, asked: _Asked) -> None:
    popularity, found = asked.memory.popularity, asked.found
    if native.COMPILED:
        sums, weights, steps = popularity.decay(asked.now_ms)
        counts, last_ms = popularity.counts, popularity.last_ms
        native.table.popularity_rows(table, found.items, found.ends, asked.now_ms, counts, last_ms, sums, weights, steps, SLOW)
        return
    rows = np.empty((4, len(found.items)))  # log_popularity log_fresh_popularity log_age trend
    rows[0] = popularity.counts.take(found.items)
    rows[1] = popularity.fresh_by(found.items, found.question, asked.now_ms)
    np.maximum((asked.now_ms.take(found.question) - popularity.last_ms.take(found.items)) / 1000, 0, out=rows[2])
    np.log1p(rows[:3], out=rows[:3])
    rows[2] *= SLOW
    np.subtract(rows[1], rows[0], out=rows[3])
    table[POPULARITY_ROWS] = rows


def _session_rows(table: F32, asked: _Asked) -> None:
    found, ids = asked.found, asked.memory.items.ids
    if not found.steps:
        return
    told = []
    places = zip(found.steps, found.question.take(found.session).tolist(), found.items.take(found.session).tolist(), strict=True)
    for back, number, item in places:
        here, item_id = asked.situations[number], ids[item]
        told.append((1, back == 1, back, here.times.get(item_id, 1), item_id in here.followers))
    rows = np.array(told, np.float64).T  # in_session is_previous log_steps_back log_times_in_session followed_before
    rows[2] = np.log(rows[2])
    rows[3] = np.log1p(rows[3])
    table[SESSION_ROWS, found.session] = rows


def _history_rows(table: F32, asked: _Asked) -> None:
    found = asked.found
    if not found.touches:
        return
    times, carts, buys = np.array([(one.views + one.carts + one.buys, one.carts, one.buys) for one in found.touches]).T
    rows = np.empty((5, len(found.touches)))  # in_history log_history_age log_history_times carted_before bought_before
    rows[0], rows[1], rows[2], rows[3], rows[4] = 1, asked.ages_ms / 1000, np.maximum(times, 0), (carts > 0) | (buys > 0), buys > 0
    rows[1:3] = np.log1p(rows[1:3])
    rows[1] *= SLOW
    table[HISTORY_ROWS, found.history] = rows
    lengths = np.bincount(found.question.take(found.history)).tolist()
    table[COLUMN["history_place"], found.history] = np.concatenate([_RANKS[:length][::-1] for length in lengths])  # the last is the newest


def _category_rows(table: F32, asked: _Asked) -> None:
    categories, found = asked.memory.categories, asked.found
    if not len(categories.names):
        return
    question, mine = found.question, categories.of.take(found.items).astype(np.intp)
    counted = _Counts(question, mine, len(asked.situations), len(categories.names))
    session = [(number, item) for number, here in enumerate(asked.situations) for _, item in here.anchors]
    if session:
        numbers, items = np.array(session).T
        table[COLUMN["log_session_category"]] = counted.logs(numbers, categories.of.take(items).astype(np.intp))
    if found.touches:
        numbers, history = question.take(found.history), mine.take(found.history)
        table[COLUMN["log_history_category"]] = counted.logs(numbers, history)
        table[COLUMN["lately_category"]] = counted.logs(numbers, history, np.exp2(-(asked.ages_ms / DAY_MS)))
    same = (mine == asked.category.take(question)).astype(np.float64)
    table[COLUMN["same_category"]] = same
    table[COLUMN["log_category_move"]] = _log_moves(categories, asked.category, question, mine)
    table[COLUMN["in_category_ring"], found.ring] = 1
    table[COLUMN["same_category_history"]] = same * table[COLUMN["in_history"]]
    table[COLUMN["same_category_session"]] = same * table[COLUMN["in_session"]]
    table[COLUMN["same_category_popularity"]] = same * table[COLUMN["log_popularity"]]
    table[COLUMN["same_category_age"]] = same * table[COLUMN["log_age"]]
    table[COLUMN["category_before"]] = mine == asked.category_before.take(question)
    table[COLUMN["log_category_move_before"]] = _log_moves(categories, asked.category_before, question, mine)


def _log_moves(categories: Categories, before: Ints, question: Ints, mine: Ints) -> Floats:
    """Return ln(1 + 100 P(the category of each | the category before)); zeros where that is unknown."""
    shares = np.array([categories.moves(category) for category in before.tolist()])
    logs: Floats = np.log1p(100 * shares[question, mine])
    return logs


class _Counts(Struct, frozen=True):
    """Candidates by their question and category; -1 counts for nothing. `questions`, `categories`: how many there are."""

    question: Ints
    mine: Ints
    questions: int
    categories: int

    def logs(self, numbers: Ints, met: Ints, weights: Floats | None = None) -> Floats:
        """Return for each ln(1 + how often, or with which weight, its category is among those `met` by its question's number)."""
        width = self.categories + 1
        counts = np.bincount(numbers * width + met + 1, weights, minlength=self.questions * width)
        counts[::width] = 0
        logs: Floats = np.log1p(counts.take(self.question * width + self.mine + 1))
        return logs


def _similarity_rows(table: F32, asked: _Asked) -> None:
    found, similarity = asked.found, asked.memory.similarity
    near = [(number, back, item) for number, here in enumerate(asked.situations) for back, item in here.anchors if back < REACH]
    if not near:
        return
    if native.COMPILED:
        native.table.similarity_rows(table, found.items, found.ends, near, similarity.vectors, similarity.squares)
        return
    numbers, backs, items = np.array(near).T
    weights = np.zeros((2, len(asked.situations), len(near)))
    weights[:, numbers, np.arange(len(near))] = _WEIGHTS.take(backs, axis=1)
    both = weights @ similarity.of(items)  # (2, questions, 64)
    vectors = similarity.of(found.items)
    products = np.concatenate([both[:, number] @ vectors[begin:end].T for number, (begin, end) in enumerate(found.ends)], axis=1)
    lengths = np.add.reduce(both * both, axis=2).take(found.question, axis=1) * similarity.squares.take(found.items)
    cosines = products / np.sqrt(np.maximum(lengths, 1))
    table[COLUMN["cosine"]], table[COLUMN["cosine_on_screen"]] = cosines
    table[COLUMN["cosine_squared"]] = np.maximum(cosines[0], 0) ** 2


def _crossed_rows(table: F32, asked: _Asked) -> None:
    """What neighbours say of an item weighs otherwise where the session holds it already, and where its company is alike."""
    lift = table[COLUMN["lift_directed"]]
    np.multiply(table[COLUMN["in_session"]], lift, out=table[COLUMN["session_lift"]])
    np.multiply(table[COLUMN["cosine"]], lift, out=table[COLUMN["similar_lift"]])
