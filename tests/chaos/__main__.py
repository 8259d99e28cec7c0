"""`python -m tests.chaos [--minutes N] [--seed S] [--json]`: break everything in a random order under load, and count.

A real Kafka, a real Redis, three workers, a trainer and a gateway serve events of a real log. One fault after the other, every one
of the list before any comes again, drawn by the seed. After each the load pauses until all is handled, and every event must have
been counted once and answered. Exit code 1: something was lost or doubled, or took longer than its bound.
"""

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from subprocess import TimeoutExpired

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from tests.chaos.faults import EXPECTED_ENDS, FAULTS, Fault, dead_letters
from tests.chaos.ledger import Balance, Ledger
from tests.chaos.load import LOG
from tests.chaos.town import Town, running_town, seconds_since
from tests.support.counting import until_worked
from tests.support.ending import end_in_order
from tests.support.training import everything_learnt, learnt_by, newest, undisturbed
from tests.support.waiting import until

RATE = 100  # events a second
STEADY_S = 3.0  # of load before each fault, and after it
LETTERS, LETTERS_SHORT, SHORT_MINUTES = 100_000, 5_000, 10
DRAIN_S = 300.0
WIDTH = 140  # characters


class Told(Struct):
    """One fault as it went; `heal_s` from its end until everything sent was handled, `late` beyond its bound."""

    name: str
    took_s: float
    heal_s: float
    late: bool
    lost: int
    doubled: int
    repeated: int
    differing: int
    unexplained: int  # answers that differ although Redis never fell back
    failed: str  # what went otherwise than the fault was to go


async def chaos(folder: Path, *, minutes: float, seed: int, log: Path) -> tuple[list[Told], list[str]]:
    """Return what each fault did, and what is wrong in the end."""
    console, told, chance = Console(stderr=True), list[Told](), random.Random(seed)
    until_s = time.monotonic() + 60 * minutes
    async with running_town(folder, log=log, seed=seed) as town:
        ledger, before = Ledger(town.shop), Balance()
        for fault in sequence(chance, dead_letters(LETTERS_SHORT if minutes < SHORT_MINUTES else LETTERS)):
            if time.monotonic() > until_s:
                break
            one, before = await broken(town, fault, chance, ledger=ledger, before=before)
            told.append(one)
            console.print(f"{one.name}: {one.took_s:.1f} s, healed in {one.heal_s:.1f} s, lost {one.lost}, doubled {one.doubled}")
        return told, [*of_the_end(town, told), *await of_the_trainer(town)]


def sequence(chance: random.Random, letters: Fault) -> Iterator[Fault]:
    """Yield every fault once in a random order, then again in another; the letters only the first time."""
    round_of = [*FAULTS, letters]
    while True:
        yield from chance.sample(round_of, len(round_of))
        round_of = list(FAULTS)


async def broken(town: Town, fault: Fault, chance: random.Random, *, ledger: Ledger, before: Balance) -> tuple[Told, Balance]:
    """Do one fault under load, wait until all is handled, and tell what it cost."""
    async with town.shop.trading(RATE):
        await asyncio.sleep(STEADY_S)
        begun_s = time.monotonic()
        failed = ""
        try:
            await fault.do(town, chance)
        except (AssertionError, TimeoutError, TimeoutExpired) as broken_otherwise:
            failed = str(broken_otherwise)
        took_s, over_s = seconds_since(begun_s), time.monotonic()
        await asyncio.sleep(STEADY_S)
    store = town.store
    try:
        await until_worked(town.shop, store, within_s=DRAIN_S)
        heal_s = seconds_since(over_s)
        after = await ledger.balance(store)
    finally:
        await store.aclose()
    differing = after.differing - before.differing
    one = Told(
        fault.name, took_s, heal_s, heal_s > fault.bound_s, after.lost - before.lost, after.doubled - before.doubled,
        after.repeated - before.repeated, differing, 0 if fault.falls_back else differing, failed,
    )  # fmt: skip
    return one, after


def of_the_end(town: Town, told: list[Told]) -> Iterator[str]:
    """Yield what is wrong with the faults, and with how processes ended."""
    for one in told:
        if one.lost or one.doubled:
            yield f"{one.name}: {one.lost} lost, {one.doubled} doubled"
        if one.late:
            yield f"{one.name}: healed only after {one.heal_s:.1f} s"
        if one.failed:
            yield f"{one.name}: {one.failed}"
        if one.unexplained:
            yield f"{one.name}: {one.unexplained} suggestions came again with other content"
    for code in town.ends.keys() - EXPECTED_ENDS:
        yield f"{town.ends[code]} processes ended by themselves with {code}"


async def of_the_trainer(town: Town) -> list[str]:
    """Return what is wrong with what was learnt, once everything is: an undisturbed trainer must have learnt the very same."""
    bootstrap = town.shop.bootstrap
    await until(lambda: everything_learnt(bootstrap), within_s=DRAIN_S, what="everything is learnt")
    model, wanted = await newest(bootstrap), await undisturbed(bootstrap)
    if model is not None and model.heads == wanted.heads:
        return []
    return [f"examples learnt {learnt_by(model) if model else {}}, to be learnt {learnt_by(wanted)}, or to other weights"]


def table_of(told: list[Told], title: str) -> Table:
    """Return one row a fault."""
    table = Table("fault", "times", "lasted s", "heals in s, p50", "max", "lost", "doubled", "published again", title=title)
    for name in sorted({one.name for one in told}):
        several = [one for one in told if one.name == name]
        heals = [one.heal_s for one in several]
        sums = (sum(one.lost for one in several), sum(one.doubled for one in several), sum(one.repeated for one in several))
        lasted = median(one.took_s for one in several)
        table.add_row(name, str(len(several)), f"{lasted:.1f}", f"{median(heals):.1f}", f"{max(heals):.1f}", *map(str, sums))
    return table


def main() -> int:
    """Run, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, default=LOG, help="events as the shop's contract has them")
    parser.add_argument("--json", action="store_true", help="print one JSON line a fault")
    asked = parser.parse_args()
    end_in_order()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)  # that its broker is away is what we do here
    with tempfile.TemporaryDirectory(prefix="tsuide-chaos-") as folder:
        told, wrong = asyncio.run(chaos(Path(folder), minutes=asked.minutes, seed=asked.seed, log=asked.log))
    if asked.json:
        sys.stdout.writelines(msgspec.json.encode(one).decode() + "\n" for one in told)
    else:
        load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
        machine = f"{os.cpu_count()} cores, load {load}"
        title = f"{len(told)} faults at {RATE} events/s, seed {asked.seed}; {machine}; heal times hold {STEADY_S:g} s of load after each"
        Console(width=WIDTH).print(table_of(told, title))
    for fault in wrong:
        print(f"WRONG: {fault}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
