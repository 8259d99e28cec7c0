import pytest

from stream.cli.progress import told


def test_where_nobody_watches_a_line_is_told_every_ten_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    # given looks after 4, 9, 10, 19 and 25 seconds
    seconds = iter((0.0, 4.0, 9.0, 10.0, 19.0, 25.0))
    with told("records read", now_s=lambda: next(seconds)) as tell:
        for done in (400, 900, 1_000, 1_900, 2_500):
            tell(done, 5_000)
    assert capsys.readouterr().err == ("records read: 1,000 of 5,000 (20%) after 10 s\nrecords read: 2,500 of 5,000 (50%) after 25 s\n")


def test_of_a_pipe_there_is_no_share(capsys: pytest.CaptureFixture[str]) -> None:
    seconds = iter((0.0, 11.0))
    with told("bytes read", now_s=lambda: next(seconds)) as tell:
        tell(1_000, 0)
    assert capsys.readouterr().err == "bytes read: 1,000 after 11 s\n"
