"""What the cart is told of the policy in use."""

import os
from pathlib import Path

from stream.demo.front.thresholds import Thresholds

TWO = """
[[top_up.thresholds]]
at = 90
benefit = {en = "a present"}
[[top_up.thresholds]]
at = 50
benefit = {en = "free delivery"}
"""


def write(file: Path, text: str, *, at_s: int) -> None:
    file.write_text(text)
    os.utime(file, (at_s, at_s))


def test_thresholds_come_lowest_first_and_follow_the_file_as_long_as_it_is_right(tmp_path: Path) -> None:
    # given a policy with two thresholds
    file = tmp_path / "policy.toml"
    write(file, TWO, at_s=1_000)
    thresholds = Thresholds(file)
    assert [one.at for one in thresholds.now()] == [50, 90]
    # when the file is changed, then they follow
    write(file, TWO.replace("50", "60"), at_s=2_000)
    assert [one.at for one in thresholds.now()] == [60, 90]
    # and while it is wrong, or gone, they stay
    write(file, "top_up = 7", at_s=3_000)
    assert [one.at for one in thresholds.now()] == [60, 90]
    file.unlink()
    assert [one.at for one in thresholds.now()] == [60, 90]
