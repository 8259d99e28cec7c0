"""`python -m tests.benchmarks [NAME ...] [--json] [--soak MINUTES]`: run the measurements and say which bounds were reached."""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from tests.benchmarks.click_to_card import click_to_card
from tests.benchmarks.collector import collector
from tests.benchmarks.feeding import feeding, resuming
from tests.benchmarks.figure import Figure
from tests.benchmarks.handover import handover
from tests.benchmarks.latency import latency
from tests.benchmarks.long_replay import long_replay
from tests.benchmarks.recommending import recommending
from tests.benchmarks.replaying import replaying
from tests.benchmarks.restart import restart
from tests.benchmarks.soak import soak
from tests.benchmarks.stored import stored
from tests.benchmarks.subscribers import subscribers
from tests.benchmarks.throughput import throughput
from tests.support.ending import end_in_order

MEASUREMENTS = {
    "latency": latency,
    "handover": handover,
    "throughput": throughput,
    "stored": stored,
    "recommending": recommending,
    "click_to_card": click_to_card,
    "subscribers": subscribers,
    "collector": collector,
    "restart": restart,
    "replaying": replaying,
    "feeding": feeding,
    "resuming": resuming,
    "long_replay": long_replay,
}


def main() -> int:
    """Run what was asked for; 1 when a bound was missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MEASUREMENTS], help=f"of {', '.join(MEASUREMENTS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON line a figure")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="load for so long instead, and tell whether memory stays flat")
    arguments = parser.parse_args()
    end_in_order()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="tsuide-bench-") as folder:
        if arguments.soak:
            figures += asyncio.run(soak(Path(folder) / "soak", minutes=arguments.soak))
        for name in arguments.names or ([] if arguments.soak else MEASUREMENTS):
            figures += asyncio.run(MEASUREMENTS[name](Path(folder) / name))
    if arguments.json:
        sys.stdout.writelines(msgspec.json.encode(figure).decode() + "\n" for figure in figures)
    else:
        _print(figures)
    return 1 if any(figure.reached is False for figure in figures) else 0


def _print(figures: list[Figure]) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    table = Table("figure", "value", "bound", "", title=f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load}")
    for figure in figures:
        bound = "" if figure.bound is None else f"{figure.wanted} {figure.bound:g}"
        mark = {None: figure.note, True: f"reached  {figure.note}", False: f"MISSED  {figure.note}"}[figure.reached]
        table.add_row(figure.name, f"{figure.value:.4g} {figure.unit}", bound, mark)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
