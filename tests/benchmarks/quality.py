"""How good the answers are: the protocols next-item and basket, as `tsuide evaluate` prints them."""

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.benchmarks.figure import Figure

SHOP = Path(__file__).parents[2] / "deploy" / "shop"


async def quality(folder: Path) -> list[Figure]:
    """Return hit rate and MRR: baskets of the sample shop, and next items of the clickstream that BENCH_LOG names, if any."""
    basket = await _evaluate(SHOP / "events.jsonl.zst", "--catalog", str(SHOP / "catalog.jsonl.zst"), "--protocol", "basket")
    figures = _figures("basket", 10, basket, hr=0.27, mrr=0.13)
    if clicks := os.environ.get("BENCH_LOG"):
        figures += _figures("next-item", 20, await _evaluate(Path(clicks), "--protocol", "next-item"), hr=0.58, mrr=0.25)
    return figures


async def _evaluate(log: Path, *options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "stream.cli", "evaluate", str(log), *options, "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
    printed, _ = await process.communicate()
    report: dict[str, float] = json.loads(printed.splitlines()[-1])
    return report


def _figures(protocol: str, k: int, report: dict[str, float], *, hr: float, mrr: float) -> list[Figure]:
    said = f"n={report['n']}"
    return [
        Figure(f"{protocol} HR@{k}", report[f"hr@{k}"], "", hr, "at least", said),
        Figure(f"{protocol} MRR@{k}", report[f"mrr@{k}"], "", mrr, "at least", said),
    ]
