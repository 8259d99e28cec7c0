"""Finding goods by words, as they are typed: SQLite's FTS5, in memory. Japanese, which has no spaces, is found by pairs of letters."""

import re
import sqlite3
from collections.abc import Iterable

from stream.demo.front.groups import words_of

MOST_WORDS = 8  # of a search; the rest is left out
MOST_LETTERS = 40  # of a word
LONG = 3  # letters; shorter words alone say nothing
ENDINGS = ("es", "s")  # a plural finds the singular; the singular finds the plural as its beginning
TABLE = "CREATE VIRTUAL TABLE goods USING fts5(title, number, departments, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2')"
ADD = "INSERT INTO goods (rowid, title, number, departments) VALUES (?, ?, ?, ?)"
FIND = "SELECT rowid, bm25(goods, 4.0, 4.0, 1.0) FROM goods WHERE goods MATCH ?"  # a title says more than its department
JAPANESE = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u9fff]+")
Row = tuple[int, str, str, str]  # place, title, number, titles of the departments


class Search:
    """An index of goods by their place in a list. About a millisecond a question; any text is a question, none is an error."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.execute(TABLE)
        self._database.executemany(
            ADD,
            (
                (place, " ".join(_parts(title, whole=True)), number, " ".join(_parts(more, whole=True)))
                for place, title, number, more in rows
            ),
        )

    def close(self) -> None:
        """Let the index go."""
        self._database.close()

    def find(self, query: str) -> list[tuple[int, float]] | None:
        """Return (place, rank) of what has all words of `query`, or if nothing has, any of the longer ones; None for a query without words.

        The lower the rank (bm25), the better. A word stands for all words that begin with it.
        """
        words = [word[:MOST_LETTERS] for word in _parts(query, whole=False)[:MOST_WORDS]]
        if not words:
            return None
        all_of, any_of = " AND ".join(map(_term, words)), " OR ".join(_term(word) for word in words if len(word) >= LONG)
        for wanted in filter(None, (all_of, any_of)):
            found: list[tuple[int, float]] = self._database.execute(FIND, (wanted,)).fetchall()
            if found:
                return found
        return []


def _parts(text: str, *, whole: bool) -> list[str]:
    """Return the words of `text`, and of what is Japanese each two letters that follow each other; `whole`: the last letter, too."""
    parts = []
    for word in words_of(text):
        rest = JAPANESE.sub(" ", word).split()
        runs = JAPANESE.findall(word)
        parts += rest
        for run in runs:
            parts += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
            if whole and len(run) > 1:
                parts.append(run[-1])
    return parts


def _term(word: str) -> str:
    """Return what FTS5 is to look for: words that begin like this one, or like what it may be the plural of."""
    shorter = [word.removesuffix(ending) for ending in ENDINGS if word.endswith(ending) and len(word) > len(ending) + 2]
    either = " OR ".join(f'"{variant}"*' for variant in (word, *shorter))
    return f"({either})"
