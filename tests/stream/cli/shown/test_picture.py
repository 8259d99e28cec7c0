from collections.abc import Sequence

import pytest
from rich.console import Console

from stream.cli.shown.picture import picture
from stream.cli.top import HINT
from stream.ops.lag.rules import Lag, State
from stream.ops.top.figures import Figures, Told
from stream.ops.top.watch import Beat, Moment, addresses_of

TOLD = tuple(Told(f"10.0.0.{number}:9464", kind, True, None) for number, kind in enumerate(("worker", "trainer", "gateway")))
FIGURES = Figures(
    told=TOLD,
    wait_s=(0.012, 0.034, 1.5),
    stages_s={"read": 0.0005, "work": 0.003},
    events_per_s=150.0,
    suggestions_per_s=90.0,
    items_per_s={"accessories": 200.0, "upgrades": 3.0},
    silences_per_s={f"rule_{number}": 10.0 - number for number in range(9)},
    dead_letters={"DecodeError": 2},
    dead_letters_per_s=0.0,
    model_age_s=2.0,
    streams=1_203,
)


def a_lag(state: State = "OK", *, partition: int = 0, lag: int = 0) -> Lag:
    return Lag("tsuide", "shop.clickstream.v1", partition, state, 7, 9, 0, 9, lag, 0, float(lag), 1.0, 2.0, None if lag else 0.0, 1)


def a_moment(lags: Sequence[Lag], figures: Figures = FIGURES) -> Moment:
    return Moment(1_763_780_000_000, lags, figures, (Beat(1.0, 2.0, 0, 0.1), Beat(4.0, 2.0, 5, 1.5)))


def drawn(moment: Moment | None, *, width: int, height: int | None = None, note: str = "", hint: str = "") -> list[str]:
    console = Console(width=width, height=height or 100, file=None, quiet=False)
    with console.capture() as captured:
        console.print(picture(moment, width=width, height=height, note=note, hint=hint))
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [40, 61, 80, 100, 160, 250])
@pytest.mark.parametrize("height", [8, 14, 16, 20, 24, 30, 50])
def test_it_fits_on_any_terminal_and_shows_the_worst_partition(width: int, height: int) -> None:
    worst = a_lag("STALLED", partition=7, lag=65_430)
    lines = drawn(a_moment([worst, *(a_lag(partition=number) for number in range(40))]), width=width, height=height, note="Kafka is away")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    assert any("STALLED" in line and "65,430" in line for line in lines)
    assert "Kafka is away" in lines[1]


def test_a_terminal_that_is_too_small_is_told_so() -> None:
    assert "40 columns and 8 lines" in drawn(a_moment([a_lag()]), width=30, height=20)[0]


def test_what_is_told_stands_in_its_box() -> None:
    text = "\n".join(drawn(a_moment([a_lag()]), width=120, height=40))
    for said in (
        "12.0 ms",
        "34.0 ms",
        "1.5 s",
        "events 150.0/s",
        "read 0.5",
        "accessories",
        "1,203",
        "2 (DecodeError)",
        "3 told, all ready",
    ):
        assert said in text
    # nine rules, of which four are named: 6 + 5 + 4 + 3 + 2 = 20 for the rest
    assert "others" in text
    assert "20.0" in text


def test_lag_is_shown_without_any_process_that_tells_and_the_rest_says_how_to_be_told() -> None:
    text = "\n".join(drawn(a_moment([a_lag("CATCHING_UP", lag=3)], Figures()), width=120, hint=HINT))
    assert "CATCHING_UP" in text
    assert "no worker tells its metrics" in text
    assert "--metrics host:port,host:port" in text
    assert "none is named" in text


def test_a_process_that_is_silent_or_not_ready_is_named() -> None:
    told = (Told("a:1", None, None, "does not answer"), Told("b:1", "worker", False, None))
    text = "\n".join(drawn(a_moment([a_lag()], Figures(told=told)), width=160))
    assert "a:1 does not answer; b:1 is not ready" in text


def test_before_the_second_look_it_says_why_nothing_is_seen() -> None:
    assert "looks twice" in drawn(None, width=80, height=24)[1]


def test_addresses_are_those_named_else_our_own_where_it_has_a_port() -> None:
    assert addresses_of("a:1, b:2", "0.0.0.0:9464") == ["a:1", "b:2"]
    assert addresses_of("", "0.0.0.0:9464") == ["127.0.0.1:9464"]
    assert addresses_of("", "127.0.0.1:0") == addresses_of("", "") == []
    with pytest.raises(ValueError, match="'http://a:1' is no host:port"):
        addresses_of("http://a:1", "")
