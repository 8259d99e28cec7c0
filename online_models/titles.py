"""Titles as evidence: items that are called alike belong together before anybody bought them together."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from features.catalog import Catalog
from online_models.memory.vocabulary import Vocabulary

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
BEST = 25
COMMON = 1_000  # a word in more titles than this says nothing; it also bounds the cost of a question
WORD = re.compile(r"\w+")


def words(title: str) -> list[str]:
    """Return the words of a title, lower case, in order; scripts without spaces (kana, kanji) count by pairs of characters."""
    found: list[str] = []
    for word in WORD.findall(title.lower()):
        found.extend([word] if word.isascii() or len(word) < 3 else [word[k : k + 2] for k in range(len(word) - 1)])
    return found


class TitleIndex:
    """Cosine between the titles of one state of the catalogue, as sets of words weighted by idf = ln(1 + titles / titles with it).

    Built at about 10 µs a title; `titles_of` builds anew when the catalogue has changed. Answers are cached.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.version = catalog.names_version
        self._ids = catalog.ids()  # sorted: a lower position is a lower id
        self._words = [sorted(set(words(_title(catalog, item_id)))) for item_id in self._ids]
        titles_with = Counter(word for title in self._words for word in title)
        self._idf = {word: math.log(1 + len(self._ids) / count) for word, count in titles_with.items()}
        self._norms: Floats = np.array([math.sqrt(sum(self._idf[word] ** 2 for word in title)) for title in self._words])
        self._position = {item_id: position for position, item_id in enumerate(self._ids)}
        postings: dict[str, list[int]] = {}
        for position, title in enumerate(self._words):
            for word in title:
                postings.setdefault(word, []).append(position)
        self._postings = {word: np.array(at, np.int32) for word, at in postings.items() if len(at) <= COMMON}
        self._answers: dict[str, tuple[Ints, Floats]] = {}
        self._vocabulary = Vocabulary()
        self._numbers: Ints = np.full(len(self._ids), -1, np.int32)  # position -> number in the vocabulary
        self._read = 0  # ids of the vocabulary that were looked up

    def similar(self, item_id: str) -> list[tuple[str, float]]:
        """Return the 25 items with the most similar titles and their cosine (0..1], best first, ties by id; never the item itself."""
        positions, cosines = self._best(item_id)
        return [(self._ids[position], cosine) for position, cosine in zip(positions.tolist(), cosines.tolist(), strict=True)]

    def known(self, item_ids: Sequence[str], vocabulary: Vocabulary) -> tuple[Ints, Floats]:
        """Return (numbers, cosines) of what is similar to each of the items, one after the other; only what the vocabulary knows."""
        if not item_ids or not self._ids:
            return np.zeros(0, np.int32), np.zeros(0)
        self._follow(vocabulary)
        best = [self._best(item_id) for item_id in item_ids]
        numbers = self._numbers.take(np.concatenate([positions for positions, _ in best]))
        kept = np.flatnonzero(numbers >= 0)
        return numbers.take(kept), np.concatenate([cosines for _, cosines in best]).take(kept)

    def _follow(self, vocabulary: Vocabulary) -> None:
        # a vocabulary only grows, so what was looked up once stays true
        if vocabulary is not self._vocabulary:
            self._vocabulary, self._read = vocabulary, 0
            self._numbers.fill(-1)
        for number in range(self._read, len(vocabulary)):
            position = self._position.get(vocabulary.ids[number])
            if position is not None:
                self._numbers[position] = number
        self._read = len(vocabulary)

    def _best(self, item_id: str) -> tuple[Ints, Floats]:
        known = self._answers.get(item_id)
        if known is None:
            known = self._answers[item_id] = self._compare(item_id)
        return known

    def _compare(self, item_id: str) -> tuple[Ints, Floats]:
        here = self._position.get(item_id)
        shared = [] if here is None else [word for word in self._words[here] if word in self._postings]
        if here is None or not shared:
            return np.zeros(0, np.int32), np.zeros(0)
        weights = np.repeat([self._idf[word] ** 2 for word in shared], [len(self._postings[word]) for word in shared])
        others, inverse = np.unique(np.concatenate([self._postings[word] for word in shared]), return_inverse=True)
        cosines = np.bincount(inverse, weights) / (self._norms[others] * self._norms[here])
        cosines[others == here] = 0.0
        best = np.argsort(-cosines, kind="stable")[:BEST]
        best = best[cosines[best] > 0]
        return others[best], cosines[best]


def _title(catalog: Catalog, item_id: str) -> str:
    entry = catalog.get(item_id)
    return (entry.item_name or "") if entry else ""


_INDEXES: WeakKeyDictionary[Catalog, TitleIndex] = WeakKeyDictionary()


def titles_of(catalog: Catalog) -> TitleIndex:
    """Return the index of the catalogue as it stands; the same one until items or their names change."""
    index = _INDEXES.get(catalog)
    if index is None or index.version != catalog.names_version:
        index = _INDEXES[catalog] = TitleIndex(catalog)
    return index
