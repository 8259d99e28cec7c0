"""The drawing: it fits, and it says what became of a suggestion."""

import io

import pytest
from rich.console import Console

from stream.demo.figures import Course, figures_of
from stream.demo.plain import line, summary
from stream.demo.score import Score
from stream.demo.screen import Moment
from stream.demo.ticker import Ticker
from stream.demo.view import draw
from stream.sparkline import spark
from tests.stream.demo.cases import a_suggestion, a_visit

ADDRESS = "http://127.0.0.1:40123"
TITLES = {"tea": "GREEN TEA", "cup": "CUP WITH A NAME THAT IS MUCH TOO LONG FOR A SMALL SCREEN AND FOR MOST LARGE ONES", "jam": "JAM"}


def a_moment(*, bought: bool = True) -> Moment:
    score, visit = Score(), a_visit("tea", "cup")
    score.sending(visit, 0, 0.0)
    score.suggested(a_suggestion(visit, 0, "jam", "cup"), 0.012)
    if bought:
        score.sending(visit, 1, 1.0)
        score.sending(visit, 2, 2.0)
    figures = figures_of(score, seconds=2.0, lag=0, dead_letters=0, model=(7, 4.2), memory_mib=321.5, history=6_000)
    course = Course.empty()
    course.samples.append(figures)
    return Moment(visit.bought_ms, TITLES, tuple(score.newest), figures, course, "its own Redis and its own broker", ADDRESS)


def drawn(moment: Moment, width: int, height: int, **how) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, legacy_windows=False, **how)
    console.print(draw(moment, moment.answers * 20, width=width, height=height), height=height, end="")
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize(("width", "height"), [(80, 24), (160, 50), (60, 15)])
def test_the_screen_is_filled_and_not_overflown(width: int, height: int) -> None:
    lines = drawn(a_moment(), width, height, no_color=True, color_system=None)
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}


@pytest.mark.parametrize("width", [60, 80, 160])
def test_the_shop_s_address_is_on_the_screen_however_narrow_it_is(width: int) -> None:
    assert ADDRESS in drawn(a_moment(), width, 24, color_system=None)[-1]


def test_a_taken_suggestion_is_shown_with_the_item_that_was_taken() -> None:
    text = "\n".join(drawn(a_moment(), 160, 24, color_system=None))
    assert "put GREEN TEA" in text
    assert "→ CUP WITH A NAME" in text
    assert "✓ took it" in text


def test_a_suggestion_is_open_until_the_purchase() -> None:
    text = "\n".join(drawn(a_moment(bought=False), 160, 24, color_system=None))
    assert "took it" not in text
    assert "· not" not in text


def test_no_color_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = "\x1b[1;32m"  # bold green, of the mark of success
    assert coloured in "".join(drawn(a_moment(), 160, 24, color_system="standard"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert coloured not in "".join(drawn(a_moment(), 160, 24, color_system="standard"))


def test_a_pipe_gets_one_line_an_answer() -> None:
    moment = a_moment()
    [answer] = moment.answers
    assert line(moment, answer) == f"5363 put GREEN TEA -> {TITLES['cup']} (In 3 of 4 orders.) ✓ took it"


def test_the_summary_names_what_the_rate_is_of() -> None:
    assert "100.0% of 1 suggestions held an item that the same invoice had later on" in summary(a_moment().figures)


def test_bars_go_from_nothing_to_the_highest_value() -> None:
    assert spark([0, 1, 2, 4], 4) == "▁▃▅█"
    assert spark([5, 5], 1) == "█"
    assert spark([0, 0], 4) == "▁▁"
    assert spark([], 4) == ""


def test_the_ticker_shows_one_answer_a_second_whatever_becomes_of_it() -> None:
    ticker, answers = Ticker(), list(a_moment().answers) + list(a_moment(bought=False).answers)
    assert ticker.look(answers[:1], 10.0) is answers[0]
    assert ticker.look(answers, 10.5) is None
    assert ticker.look(answers, 11.0) is answers[1]
    assert ticker.look(answers, 12.0) is None
