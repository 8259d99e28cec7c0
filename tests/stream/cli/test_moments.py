import pytest
import typer

from stream.cli.moments import moment_ms

HOUR_MS = 3_600_000
MIDNIGHT_MS = 1_763_769_600_000  # 2025-11-22 00:00 UTC: 20,414 days


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2025-11-22T00:00Z", MIDNIGHT_MS),
        ("2025-11-22T01:00:00+01:00", MIDNIGHT_MS),
        ("2025-11-22T09:00:00.250+09:00", MIDNIGHT_MS + 250),
        ("1969-12-31T23:00Z", -HOUR_MS),
        ("1970-01-01T09:00:01+09:00", 1_000),
        ("1970-01-01T00:00:00.250Z", 250),
    ],
)
def test_a_time_with_its_zone_is_taken_as_it_is(text: str, ms: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert moment_ms(text, "--from") == ms
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("text", ["2025-11-22", "2025-11-22T00:00", "2025-11-22 00:00"])
def test_without_a_zone_it_is_utc_and_that_is_said_aloud(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert moment_ms(text, "--from") == MIDNIGHT_MS
    assert capsys.readouterr().err == f"--from {text} names no zone: UTC is assumed, 2025-11-22T00:00:00+00:00.\n"


def test_no_time_is_none_and_no_such_time_is_wrong_use() -> None:
    assert moment_ms(None, "--to") is None
    for text in ("yesterday", "", "2026-13-01T00:00Z", "1764400000"):
        with pytest.raises(typer.BadParameter, match=f"'{text}' is no date and time: write 2026-11-22T18:00:00"):
            moment_ms(text, "--to")
