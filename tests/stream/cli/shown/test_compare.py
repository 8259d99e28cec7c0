"""A comparison as it is printed."""

import pytest
from msgspec.structs import replace

from online_models.counterfactual.estimates import Estimate
from online_models.counterfactual.support import Support
from stream.cli.shown.compare import print_compared
from stream.compare.compared import Against, Compared, ListFigures, LoggedFigures, PolicyFigures, Prices, Uptake

NOON_MS = 1_763_812_800_000
SUPPORT = Support(1_000, 80, 50, 900, 75, 45, 0.9, 812.4, 2.0, 0, 0.97)
TOLD = Uptake(SUPPORT, 0, (), Estimate(0.05, 0.04, 0.06), Estimate(0.045, 0.03, 0.055), None)
THIN = Uptake(replace(SUPPORT, clipped=3), 1_200, ("an effective sample of 3 cards, at least 100 are needed",), None, None, None)
UPGRADES = ListFigures(
    40, 120, {"session_cap": 9, "nothing": 5, "day_cap": 2, "paused": 1}, {"GBP": Prices(120, 30.0, 110, 4.5, 0, None)}, 60, 0.031
)
BUNDLE = ListFigures(2, 4, {}, {"EUR": Prices(1, 9.0, 0, None, 0, None), "GBP": Prices(3, 1_250.0, 0, None, 2, 2.5)}, 0, None)
AGAINST = Against(30, 8, 2, 5, {f"i{n}": 20 - n for n in range(10)}, {"new": 7})
OLD = PolicyFigures("old", "aaa", 40, 124, 30, {"upgrades": UPGRADES, "bundle": BUNDLE}, None, TOLD)
NEW = PolicyFigures("new", "bbb", 43, 90, 21, {"upgrades": UPGRADES}, AGAINST, replace(TOLD, against=Estimate(0.01, -0.005, 0.025)))
LOGGED = LoggedFigures(400, 1_000, 50, Estimate(0.05, 0.035, 0.065), 0, 0, None)
DONE = Compared(5_000, NOON_MS, NOON_MS + 60_000, 4_900, 0, 2.0, (OLD, NEW), LOGGED)


def printed(done: Compared, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_compared(done)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_each_policy_and_each_list_has_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(DONE, capsys)
    assert lines[0].startswith("5,000 records of 2025-11-22 12:00:00 UTC to 2025-11-22 12:01:00 UTC")
    assert "old aaa 40 124 30 - - -" in lines
    assert "new bbb 43 90 21 8 2 5" in lines
    assert "upgrades new 40 120 30.00 GBP +4.50 GBP - 3.10% of 60 session_cap 9, nothing 5, day_cap 2, ..." in lines
    # a second currency has a row of its own, and a list that never spoke says so
    assert [line for line in lines if line.startswith("bundle")] == ["bundle old 2 4 9.00 EUR - - - -", "bundle new 0 0 - - - - -"]
    assert "1,250.00 GBP - 2.50 GBP" in lines


def test_items_that_only_one_shows_are_named_and_the_rest_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(DONE, capsys)
    assert "Items that only new shows, not old: new (7 cards)." in lines
    [first] = [line for line in lines if line.startswith("Items that only old shows, not new: i0 (20 cards), ")]
    assert first.endswith("i7 (13 cards) and 2 more, all in --json.")


def test_uptake_has_its_intervals_and_what_they_rest_on(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(DONE, capsys)
    assert "Really shown: 1,000 cards were seen, 50 taken up, 5.00% (3.50% to 6.50%)." in lines
    rest = "4.50% (3.00% to 5.50%) 900 of 1,000 (90%) 812 2.00 97%"
    assert f"old 5.00% (4.00% to 6.00%) - {rest}" in lines
    assert f"new 5.00% (4.00% to 6.00%) 1.00% (-0.50% to 2.50%) {rest}" in lines


def test_where_support_is_thin_there_is_no_figure_but_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(replace(DONE, policies=(OLD, replace(NEW, uptake=THIN))), capsys)
    assert "new too thin - too thin 900 of 1,000 (90%) 812 2.00 97%" in lines
    assert "new: no figure can be trusted: an effective sample of 3 cards, at least 100 are needed." in lines
    assert "new: 1,200 of its cards stand where nothing was shown, and of them nothing is known." in lines
    assert "new: 3 weights were cut, so that its figures are drawn towards what was really shown." in lines


def test_what_could_not_be_used_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(replace(DONE, logged=replace(LOGGED, unmatched=12, damaged=1)), capsys)
    assert "12 more were seen on occasions that were not replayed, and count for nothing." in lines
    assert "1 records or cards of tsuide.training.v1 cannot be used, and count for nothing." in lines
    lines = printed(replace(DONE, logged=replace(LOGGED, missing="the log holds nothing")), capsys)
    assert lines[-1] == "No counterfactual uptake: the log holds nothing."
