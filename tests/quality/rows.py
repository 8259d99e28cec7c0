"""One protocol measured on one log: the command that people type, and its report as a row."""

import subprocess
import sys
from time import monotonic
from typing import Any

import msgspec
from msgspec import Struct

from tests.quality.logs import Log
from tests.quality.promises import MEMORY_OF, PROMISES, PROTOCOLS, Promise, memory_bound_mib


class Row(Struct, frozen=True):
    """What was found. `best`: the simple ranker with the highest HR, `best_hr` and `best_mrr` its figures."""

    log: str
    protocol: str
    k: int
    n: int
    hr: float
    mrr: float
    best: str
    best_hr: float
    best_mrr: float
    p50_us: float
    memory_mib: float
    memory_bound_mib: float | None
    seconds: float
    promise: Promise | None = None

    @property
    def same_questions(self) -> bool:
        """Tell whether as many questions counted as were promised."""
        return self.promise is None or abs(self.n - self.promise.n) <= self.promise.within

    @property
    def kept(self) -> bool:
        """Tell whether the promise of quality is kept; time and memory are told, not judged: they are of the machine as well."""
        floor = self.promise
        return floor is None or (self.same_questions and self.hr >= floor.hr and self.mrr >= floor.mrr)


class Failed(Exception):
    """The command ended with an error; the message is what it said."""


def measured(log: Log, protocol: str) -> Row:
    """Run `tsuide evaluate`. Raises Failed."""
    catalog = () if log.catalog is None else ("--catalog", str(log.catalog))
    command = [sys.executable, "-m", "stream.cli", "evaluate", str(log.events), *catalog, *PROTOCOLS[protocol], "--json"]
    began_s = monotonic()
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise Failed(ended.stderr.strip() or f"exit code {ended.returncode}")
    return row_of(msgspec.json.decode(ended.stdout.splitlines()[-1]), log.name, protocol, monotonic() - began_s)


def row_of(report: dict[str, Any], log: str, protocol: str, seconds: float) -> Row:
    """Return a report as a row."""
    k = next(int(name.removeprefix("hr@")) for name in report if name.startswith("hr@"))
    hr, mrr = f"hr@{k}", f"mrr@{k}"
    best, figures = max(report["baselines"].items(), key=lambda one: (one[1][hr], one[1][mrr]))
    return Row(
        log,
        protocol,
        k,
        report["n"],
        report[hr],
        report[mrr],
        best,
        figures[hr],
        figures[mrr],
        report["recommend_us"]["p50"],
        report["memory_mib"],
        round(memory_bound_mib(report["items"], report["lines"]), 2) if log in MEMORY_OF else None,
        round(seconds, 1),
        PROMISES.get((log, protocol)),
    )
