"""Titles as evidence: items that are called alike belong together before anybody bought them together."""

import math
import re
from collections import Counter
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from features.catalog import Catalog

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
        self._norms: NDArray[np.float64] = np.array([math.sqrt(sum(self._idf[word] ** 2 for word in title)) for title in self._words])
        self._position = {item_id: position for position, item_id in enumerate(self._ids)}
        postings: dict[str, list[int]] = {}
        for position, title in enumerate(self._words):
            for word in title:
                postings.setdefault(word, []).append(position)
        self._postings = {word: np.array(at, np.int32) for word, at in postings.items() if len(at) <= COMMON}
        self._answers: dict[str, list[tuple[str, float]]] = {}

    def similar(self, item_id: str) -> list[tuple[str, float]]:
        """Return the 25 items with the most similar titles and their cosine (0..1], best first, ties by id; never the item itself."""
        known = self._answers.get(item_id)
        if known is None:
            known = self._answers[item_id] = self._best(item_id)
        return known

    def _best(self, item_id: str) -> list[tuple[str, float]]:
        here = self._position.get(item_id)
        shared = [] if here is None else [word for word in self._words[here] if word in self._postings]
        if here is None or not shared:
            return []
        weights = np.repeat([self._idf[word] ** 2 for word in shared], [len(self._postings[word]) for word in shared])
        others, inverse = np.unique(np.concatenate([self._postings[word] for word in shared]), return_inverse=True)
        cosines = np.bincount(inverse, weights) / (self._norms[others] * self._norms[here])
        cosines[others == here] = 0.0
        best = np.argsort(-cosines, kind="stable")[:BEST]
        return [(self._ids[others[k]], float(cosines[k])) for k in best.tolist() if cosines[k] > 0]


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
