"""One policy estimated from another one's log: on a page with known truth always, on the Open Bandit data where `LOGS` names its folder.

The data's licence does not let it come with the product, so it is read where it lies: `LOGS=../shared/data pytest tests/quality`.
"""

import gzip
import os
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.quality.bandits import BTS, RANDOM, Impression, checked, read

ITEMS, USERS, N, PAGES = 12, 120, 4_000, 8
OPEN_BANDIT = Path(os.environ.get("LOGS", "")) / "obd" / "events.jsonl.gz"
AT_HAND = [OPEN_BANDIT] if os.environ.get("LOGS") and OPEN_BANDIT.is_file() else []


def a_page(folder: Path, seed: int) -> Path:
    """Write a log of two policies on one page: bts favours what is clicked more, and changes its mind every 100 impressions."""
    chance = np.random.default_rng(seed)
    clicked = np.linspace(0.01, 0.12, ITEMS)
    lines = []
    for number in range(N):
        if number % 100 == 0:
            favours = chance.dirichlet(1 + 200 * clicked)
        for policy, p in ((RANDOM, np.full(ITEMS, 1 / ITEMS)), (BTS, favours)):
            item = int(chance.choice(ITEMS, p=p))
            said = {"type": "impression", "user": f"u{chance.integers(USERS)}", "item": f"i{item}", "position": 1}
            click = float(chance.random() < clicked[item])
            lines.append(said | {"propensity": float(p[item]), "policy": policy, "campaign": "all", "click": click})
    lines.append({"type": "click", "user": "u1", "item": "i1", "position": 1, "propensity": 0.5, "policy": BTS, "campaign": "all"})
    path = folder / "events.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(map(msgspec.json.encode, lines))))
    return path


def test_each_policy_is_estimated_from_the_other_ones_log(tmp_path: Path) -> None:
    # given eight pages on which random clicks through at the mean of 0.01 .. 0.12, and bts above that
    pages = [checked(read(a_page(tmp_path, seed))) for seed in range(PAGES)]
    assert all(one.support.thin() == () for rows in pages for one in rows)
    # then what is estimated for random is 0.065 in the mean, and for bts what bts earns itself
    to_random, to_bts = zip(*pages, strict=True)
    assert np.mean([one.snips.value for one in to_random]) == pytest.approx(0.065, rel=0.05)
    assert np.mean([one.snips.value for one in to_bts]) == pytest.approx(np.mean([one.truth.value for one in to_bts]), rel=0.05)
    assert np.mean([one.truth.value for one in to_bts]) > 1.1 * 0.065
    # and of sixteen truths an interval may miss one or two
    assert sum(one.kept for rows in pages for one in rows) >= 2 * PAGES - 2


@pytest.mark.parametrize("path", [None, *AT_HAND], ids=lambda path: path.parent.name if path else "invented")
def test_on_every_page_at_hand_estimate_and_truth_agree_or_the_support_is_called_thin(path: Path | None, tmp_path: Path) -> None:
    rows = checked(read(path or a_page(tmp_path, 0)))
    assert all(one.kept for one in rows)
    # and thin is no excuse: most campaigns have a figure, and where propensities are fair, weights average to 1
    told = [one for one in rows if not one.support.thin()]
    assert len(told) > len(rows) / 2
    assert all(0.9 < one.mean_weight < 1.1 for one in told)


def test_a_log_of_one_policy_alone_can_be_held_against_nothing() -> None:
    with pytest.raises(ValueError, match="no impressions of bts or of random"):
        checked([Impression("impression", "u", "i", 1, 0.5, RANDOM, "all")])
