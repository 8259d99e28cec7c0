"""The rows as a table in the README, between two markers, and as lines on the terminal."""

import re
from collections.abc import Iterable, Sequence

from tests.quality.promises import PROMISES
from tests.quality.rows import Row

BEGIN, END = "<!-- quality -->", "<!-- /quality -->"
HEAD = ("| log | protocol | n | HR | MRR | best simple ranker | promised |", "|---|---|---|---|---|---|---|")
ORDER = {key: place for place, key in enumerate(PROMISES)}
_SECTION = re.compile(f"({re.escape(BEGIN)}\n)(.*?)({re.escape(END)})", re.DOTALL)

Key = tuple[str, str]


def with_table(text: str, rows: Iterable[Row]) -> str:
    """Return the text with the rows in the table between the markers, and nothing else changed.

    A row that was not measured this time stays as it stands. Raises ValueError where there are no markers.
    """
    section = _SECTION.search(text)
    if section is None:
        raise ValueError(f"there is no {BEGIN} ... {END} to write the table between")
    lines = {key: line for line in section[2].splitlines() if line not in HEAD and (key := _key_of(line))}
    lines |= {(row.log, _protocol(row)): line_of(row) for row in rows}
    ordered = [line for _, line in sorted(lines.items(), key=lambda one: _place(one[0]))]
    table = "\n".join(["", *HEAD, *ordered, "", ""])
    return text[: section.start(2)] + table + text[section.end(2) :]


def line_of(row: Row) -> str:
    """Return the README's line of a row; what fell short is bold."""
    floor = row.promise
    n = f"{row.n:,}" if row.same_questions or floor is None else f"**{row.n:,}** for {floor.n:,}"
    hr = _share(row.hr) if floor is None or row.hr >= floor.hr else f"**{_share(row.hr)}**"
    mrr = _share(row.mrr) if floor is None or row.mrr >= floor.mrr else f"**{_share(row.mrr)}**"
    best = f"{_share(row.best_hr)} / {_share(row.best_mrr)} {row.best}"
    promised = "" if floor is None else f"{_share(floor.hr, 3)} / {_share(floor.mrr, 3)}"
    return f"| {' | '.join((row.log, _protocol(row), n, hr, mrr, best, promised))} |"


def told(row: Row) -> str:
    """Return what the terminal says of a row: quality, time of an answer, memory, and what each is held against."""
    floor, verdict = row.promise, "" if row.promise is None else "kept" if row.kept else "MISSED"
    parts = [
        f"n {row.n:,}" + ("" if row.same_questions or floor is None else f" instead of {floor.n:,}"),
        f"HR {_share(row.hr)} MRR {_share(row.mrr)}",
        f"best simple {_share(row.best_hr)} / {_share(row.best_mrr)} ({row.best})",
        "" if floor is None else f"promised {_share(floor.hr, 3)} / {_share(floor.mrr, 3)}",
        _held(f"p50 {row.p50_us:.0f} us", row.p50_us, None if floor is None else floor.p50_us),
        _held(f"memory {row.memory_mib:.0f} MiB", row.memory_mib, row.memory_bound_mib),
        f"{row.seconds:.0f} s",
    ]
    return f"{row.log:14} {_protocol(row):28} {verdict:6} " + ", ".join(filter(None, parts))


def _held(said: str, value: float, bound: float | None) -> str:
    if bound is None:
        return said
    return f"{said} of {bound:.0f}" + (" OVER" if value > bound else "")


def _protocol(row: Row) -> str:
    name, _, detail = row.protocol.partition(", ")
    return ", ".join(filter(None, (f"{name} @{row.k}", detail)))


def _key_of(line: str) -> Key | None:
    cells: Sequence[str] = [cell.strip() for cell in line.split("|")]
    return (cells[1], cells[2]) if len(cells) > 3 else None


def _place(key: Key) -> tuple[int, Key]:
    """Return the promised rows' place in their own order; others come after them, by name."""
    log, protocol = key
    return ORDER.get((log, re.sub(r" @\d+", "", protocol)), len(ORDER)), key


def _share(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}f}".removeprefix("0")
