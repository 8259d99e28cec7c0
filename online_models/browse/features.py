"""The browse head's features: named, bounded, zero where a source is silent."""

from collections.abc import Sequence

import numpy as np

from online_models.browse.candidates import HISTORY, Candidates
from online_models.browse.neighbours import DIRECTED, EVIDENCES, MOST
from online_models.browse.situation import Situation
from online_models.heads import BROWSE
from online_models.memory.sessions import Ints
from online_models.memory.shared import SharedMemory
from online_models.request import F32, Floats

DAY_MS = 24 * 60 * 60 * 1000
SLOW = 0.2  # of the logarithm of an age
REACH = 5  # items whose company vectors describe the session
COLUMN = {name: row for row, name in enumerate(BROWSE.features)}
POPULARITY_ROWS = slice(COLUMN["log_popularity"], COLUMN["trend"] + 1)
SESSION_ROWS = slice(COLUMN["in_session"], COLUMN["followed_before"] + 1)
HISTORY_ROWS = slice(COLUMN["in_history"], COLUMN["bought_before"] + 1)
_LOGGED = [0, 1, 2, DIRECTED]
_RANKS = 1 / (1 + np.arange(max(MOST, HISTORY)))
# By steps back, what an item weighs in the session and on screen; whole numbers: sums of company vectors stay exact.
_WEIGHTS = np.array([[2.0 ** (REACH - 1 - back) for back in range(REACH)], [float(back == 0) for back in range(REACH)]])


def features(memory: SharedMemory, situations: Sequence[Situation], candidates: Sequence[Candidates]) -> list[F32]:
    """Return each one's features (d, n), a row for each name of the head.

    Worked out in float64 and rounded: processors agree on the result.
    """
    tables = [np.zeros((len(BROWSE.features), len(found.items)), np.float32) for found in candidates]
    for fill in (_neighbour_rows, _popularity_rows, _session_rows, _history_rows, _category_rows, _similarity_rows, _crossed_rows):
        for table, here, found in zip(tables, situations, candidates, strict=True):
            fill(table, memory, here, found)
    return tables


def _neighbour_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    n = len(found.near.items)
    if n:
        evidence, five = found.near.evidence, len(EVIDENCES)
        table[:five, :n] = np.log1p(evidence * (50 / np.maximum(np.add.reduce(evidence, axis=1, keepdims=True), 1e-12)))
        table[five : 2 * five, :n] = evidence / np.maximum(np.maximum.reduce(evidence, axis=1, keepdims=True), 1e-12)
        table[2 * five : 2 * five + 4, :n] = np.log1p(evidence.take(_LOGGED, axis=0))
        directed = evidence[DIRECTED]
        table[COLUMN["rank_directed"], (-directed).argsort(kind="stable")] = _RANKS[:n]
        table[COLUMN["lift_directed"], :n] = np.log1p(20 * directed / np.sqrt(memory.popularity.counts.take(found.near.items) + 1))
        table[COLUMN["is_neighbour"], :n] = 1
    if len(found.hop):
        table[COLUMN["log_two_hop"], found.hop] = np.log1p(found.hop_weights)
        table[COLUMN["only_two_hop"], found.hop[found.hop >= n]] = 1


def _popularity_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    popularity, items = memory.popularity, found.items
    rows = np.empty((4, len(items)))  # log_popularity log_fresh_popularity log_age trend
    rows[0] = popularity.counts.take(items)
    rows[1] = popularity.fresh(items, here.now_ms)
    np.maximum((here.now_ms - popularity.last_ms.take(items)) / 1000, 0, out=rows[2])
    np.log1p(rows[:3], out=rows[:3])
    rows[2] *= SLOW
    np.subtract(rows[1], rows[0], out=rows[3])
    table[POPULARITY_ROWS] = rows


def _session_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    if not len(found.session):
        return
    ids, touched = memory.items.ids, zip(found.steps, found.items.take(found.session).tolist(), strict=True)
    told = [(1, back == 1, back, here.times.get(ids[item], 1), ids[item] in here.followers) for back, item in touched]
    rows = np.array(told, np.float64).T  # in_session is_previous log_steps_back log_times_in_session followed_before
    rows[2] = np.log(rows[2])
    rows[3] = np.log1p(rows[3])
    table[SESSION_ROWS, found.session] = rows


def _history_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    if not found.touches:
        return
    told = [
        (1, max(here.now_ms - one.last_ms, 0) / 1000, max(one.views + one.carts + one.buys, 0), one.carts > 0 or one.buys > 0, one.buys > 0)
        for one in found.touches
    ]
    rows = np.array(told, np.float64).T  # in_history log_history_age log_history_times carted_before bought_before
    rows[1:3] = np.log1p(rows[1:3])
    rows[1] *= SLOW
    table[HISTORY_ROWS, found.history] = rows
    table[COLUMN["history_place"], found.history] = _RANKS[: len(told)][::-1]  # the last one is the newest


def _category_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    categories = memory.categories
    if not len(categories.names):
        return
    mine = categories.of.take(found.items)
    session = categories.of.take([item for _, item in here.anchors]) if here.anchors else mine[:0]
    table[COLUMN["log_session_category"]] = _log_counts(session, mine)
    history = mine.take(found.history)
    table[COLUMN["log_history_category"]] = _log_counts(history, mine)
    if found.touches:
        days = np.maximum(here.now_ms - np.array([touch.last_ms for touch in found.touches]), 0) / DAY_MS
        table[COLUMN["lately_category"]] = _log_counts(history, mine, np.exp2(-days))
    if here.category >= 0:
        same = (mine == here.category).astype(np.float64)
        table[COLUMN["same_category"]] = same
        table[COLUMN["log_category_move"]] = np.log1p(100 * categories.moves(here.category).take(mine))
        table[COLUMN["in_category_ring"], found.ring] = 1
        table[COLUMN["same_category_history"]] = same * table[COLUMN["in_history"]]
        table[COLUMN["same_category_session"]] = same * table[COLUMN["in_session"]]
        table[COLUMN["same_category_popularity"]] = same * table[COLUMN["log_popularity"]]
        table[COLUMN["same_category_age"]] = same * table[COLUMN["log_age"]]
    if here.category_before >= 0:
        table[COLUMN["category_before"]] = mine == here.category_before
        table[COLUMN["log_category_move_before"]] = np.log1p(100 * categories.moves(here.category_before).take(mine))


def _log_counts(met: Ints, mine: Ints, weights: Floats | None = None) -> Floats:
    """Return ln(1 + how often, or with which weight, each of `mine` is among `met`); categories by number, -1 counts for nothing."""
    counts = np.bincount(met + 1, weights, minlength=int(mine.max(initial=0)) + 2)
    counts[0] = 0
    logs: Floats = np.log1p(counts.take(mine + 1))
    return logs


def _similarity_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    near = [(back, item) for back, item in here.anchors if back < REACH]
    if not near:
        return
    similarity = memory.similarity
    both = _WEIGHTS.take([back for back, _ in near], axis=1) @ similarity.of([item for _, item in near])
    products = both @ similarity.of(found.items).T
    lengths = np.add.reduce(both * both, axis=1)[:, None] * similarity.squares.take(found.items)
    cosines = products / np.sqrt(np.maximum(lengths, 1))
    table[COLUMN["cosine"]], table[COLUMN["cosine_on_screen"]] = cosines
    table[COLUMN["cosine_squared"]] = np.maximum(cosines[0], 0) ** 2


def _crossed_rows(table: F32, memory: SharedMemory, here: Situation, found: Candidates) -> None:
    """What neighbours say of an item weighs otherwise where the session holds it already, and where its company is alike."""
    lift = table[COLUMN["lift_directed"]]
    np.multiply(table[COLUMN["in_session"]], lift, out=table[COLUMN["session_lift"]])
    np.multiply(table[COLUMN["cosine"]], lift, out=table[COLUMN["similar_lift"]])


def slow_log(seconds: Floats) -> Floats:
    """Return 0.2 ln(1 + age): a second is 0.14, a month 3.0; an age below 0 counts as 0."""
    logs: Floats = SLOW * np.log1p(np.maximum(seconds, 0))
    return logs
