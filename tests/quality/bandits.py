"""`python -m tests.quality.bandits FOLDER`: what one policy's log says of another one, against what that one earned itself.

The folder holds the Open Bandit data in the form of a research log: impressions {ts, user, item, position, propensity, policy, campaign,
click}, where two policies ran at the same time on the same page: `random`, which shows each item alike, and `bts`, Bernoulli Thompson
sampling. Users are segments of users. Source: Saito et al., "Open Bandit Dataset and Pipeline", NeurIPS 2021 (Datasets and Benchmarks).

What can be checked, and why:
- from bts to random. The weight is exact: (1 / items) / (the propensity that is logged with the impression).
- from random to bts. What bts would have done at a random impression is not logged, and its propensities move from minute to minute. So
  its mean over the log is taken: how often bts put the item at this position. That is exact in the long run where how likely an item is
  clicked does not move together with how likely bts shows it.
The nearest logged propensity of bts is not taken: bts shows an item when it is likely to, so that logged ones are too high (their weights
average to 1.3 to 1.6 where they must to 1).
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import hypot
from pathlib import Path

import msgspec
from msgspec import Struct

from online_models.counterfactual.estimates import Estimate, ips, observed, snips
from online_models.counterfactual.support import Support
from online_models.counterfactual.tally import Tally
from stream.lines import Lines
from tests.quality.logs import log_at

RANDOM, BTS = "random", "bts"


class Impression(Struct, frozen=True):
    """One item that one policy showed at a position of the page."""

    type: str
    user: str
    item: str
    position: int
    propensity: float
    policy: str
    campaign: str
    click: float = 0.0


class Checked(Struct, frozen=True):
    """One policy estimated from the other one's log; `truth`: what it earned itself, at the same time."""

    campaign: str
    source: str
    target: str
    support: Support
    mean_weight: float
    ips: Estimate
    snips: Estimate
    truth: Estimate

    @property
    def kept(self) -> bool:
        """Return whether estimate and truth differ by no more than chance allows, or the support is told to be too thin.

        What a policy earned itself is known from a log, too: the two logs are independent, so their intervals' squares add up.
        """
        allowed = hypot(self.snips.high - self.snips.value, self.truth.high - self.truth.value)
        return bool(self.support.thin()) or abs(self.snips.value - self.truth.value) <= allowed


def checked(impressions: Iterable[Impression]) -> list[Checked]:
    """Return both directions of every campaign, by name."""
    campaigns: defaultdict[str, list[Impression]] = defaultdict(list)
    for one in impressions:
        campaigns[one.campaign].append(one)
    return [
        _checked(campaign, each, source, target)
        for campaign, each in sorted(campaigns.items())
        for source, target in ((BTS, RANDOM), (RANDOM, BTS))
    ]


def read(path: Path) -> list[Impression]:
    """Return the impressions of a log's file; the clicks, which repeat one, are left out."""
    decoder = msgspec.json.Decoder(Impression)
    return [one for _, line in Lines(path) if (one := decoder.decode(line)).type == "impression"]


def _checked(campaign: str, each: Sequence[Impression], source: str, target: str) -> Checked:
    own = Tally()
    for one in each:
        if one.policy == target:
            own.add(one.user, 1.0, taken=one.click > 0)
    tally, chance = Tally(), _chances(each, target)
    for one in each:
        if one.policy == source:
            tally.add(one.user, chance(one) / one.propensity, taken=one.click > 0)
    by_ips, by_snips, truth = ips(tally), snips(tally), observed(own)
    if by_ips is None or by_snips is None or truth is None:
        raise ValueError(f"{campaign}: there are no impressions of {source} or of {target}")
    return Checked(campaign, source, target, Support.of(tally), tally.weight / tally.seen, by_ips, by_snips, truth)


def _chances(each: Sequence[Impression], target: str) -> Callable[[Impression], float]:
    """Return the probability of an impression under the target: of random exactly, of bts in the mean over the log."""
    if target == RANDOM:
        items = len({one.item for one in each})
        return lambda one: 1 / items
    own = [one for one in each if one.policy == target]
    shown, of = Counter((one.item, one.position) for one in own), Counter(one.position for one in own)
    return lambda one: shown[one.item, one.position] / of[one.position]


def main() -> int:
    """Print a line for each campaign and direction; 1 where a truth is missed, 2 without data."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality.bandits", description=__doc__)
    parser.add_argument("folder", type=Path, help="holds events.jsonl, plain or compressed")
    log = log_at(parser.parse_args().folder, "obd")
    if log is None:
        print("there is no log in this folder", file=sys.stderr)
        return 2
    rows = checked(read(log.events))
    for one in rows:
        thin = "too thin: " + "; ".join(one.support.thin()) if one.support.thin() else f"SNIPS {_told(one.snips)}, IPS {_told(one.ips)}"
        print(
            f"{one.campaign:6} {one.source:>6} -> {one.target:6} {thin}, itself {_told(one.truth)}; "
            f"effective {one.support.effective:,.0f} of {one.support.seen:,}, mean weight {one.mean_weight:.2f}"
        )
    return 0 if all(one.kept for one in rows) else 1


def _told(estimate: Estimate) -> str:
    return f"{estimate.value:.2%} ({estimate.low:.2%} to {estimate.high:.2%})"


if __name__ == "__main__":
    sys.exit(main())
