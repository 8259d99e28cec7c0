"""Rows, and the README's table of them."""

import pytest
from msgspec.structs import replace

from tests.quality.promises import Promise, memory_bound_mib
from tests.quality.rows import Row, row_of
from tests.quality.table import line_of, told, with_table

ROW = Row(
    "taobao_users",
    "next-item",
    20,
    15_345,
    0.2191,
    0.1181,
    "cosine",
    0.1706,
    0.1011,
    520.0,
    40.0,
    60.0,
    90.0,
    Promise(15_345, 0.217, 0.117),
)
README = """# A shop

<!-- quality -->
<!-- /quality -->

The rest, with a | b | c | d |.
"""


def test_only_what_stands_between_the_markers_is_replaced():
    text = with_table(README, [ROW])
    line = "| taobao_users | next-item @20 | 15,345 | .2191 | .1181 | .1706 / .1011 cosine | .217 / .117 |"
    assert line in text.splitlines()
    assert text.startswith("# A shop\n\n<!-- quality -->\n")
    assert text.endswith("<!-- /quality -->\n\nThe rest, with a | b | c | d |.\n")
    # and writing the same rows again changes nothing
    assert with_table(text, [ROW]) == text


def test_a_row_that_was_not_measured_stays_and_one_that_was_takes_the_place_of_its_elder():
    # given a table of two rows, the second of a log that nobody knows
    other = replace(ROW, log="a_shop", promise=None)
    before = with_table(README, [other, ROW])
    # when one of them is measured again
    after = with_table(before, [replace(ROW, hr=0.25)])
    # then the promised one stands first, with its new figure, and the other one as it was
    rows = [line for line in after.splitlines() if line.startswith(("| taobao", "| a_shop"))]
    assert rows == [line_of(replace(ROW, hr=0.25)), line_of(other)]


def test_a_text_without_the_markers_is_left_alone_with_an_error():
    with pytest.raises(ValueError, match="there is no <!-- quality -->"):
        with_table("# A shop\n", [ROW])


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (ROW, True),
        (replace(ROW, hr=0.2169), False),
        (replace(ROW, mrr=0.1169), False),
        (replace(ROW, n=15_346), False),
        (replace(ROW, n=978, promise=Promise(984, 0.2, 0.1, within=6)), True),
        (replace(ROW, n=977, promise=Promise(984, 0.2, 0.1, within=6)), False),
        (replace(ROW, hr=0.0, promise=None), True),
        (replace(ROW, p50_us=9_000.0, memory_mib=999.0), True),
    ],
)
def test_a_promise_is_kept_by_the_same_questions_and_both_figures(row: Row, kept: bool) -> None:
    assert row.kept is kept


def test_what_falls_short_is_said_with_what_was_wanted():
    assert "| **15,346** for 15,345 | **.2169** | .1181 |" in line_of(replace(ROW, n=15_346, hr=0.2169))
    said = told(replace(ROW, p50_us=700.0, memory_mib=61.0, promise=Promise(15_345, 0.3, 0.1, p50_us=600)))
    assert "MISSED" in said
    assert "p50 700 us of 600 OVER, memory 61 MiB of 60 OVER" in said


def test_a_report_becomes_a_row_beside_the_simple_ranker_with_most_hits():
    report = {
        "protocol": "basket",
        "n": 3_686,
        "hr@10": 0.34,
        "mrr@10": 0.17,
        "novel_hr@10": 0.2,
        "items": 1024,
        "lines": 2_097_152,
        "recommend_us": {"p50": 1_700.0, "p99": 3_000.0},
        "memory_mib": 80.0,
        "baselines": {"popular": {"hr@10": 0.1, "mrr@10": 0.2}, "cosine": {"hr@10": 0.27, "mrr@10": 0.13}},
    }
    row = row_of(report, "online_retail", "basket", 71.23)
    assert (row.k, row.hr, row.mrr, row.best, row.best_hr, row.best_mrr, row.seconds) == (10, 0.34, 0.17, "cosine", 0.27, 0.13, 71.2)
    # 1024 x 3 KiB = 3 MiB, 2 x 2^20 lines x 150 bytes = 300 MiB
    assert row.memory_bound_mib == memory_bound_mib(1024, 2_097_152) == 303.0
    assert row.promise == Promise(3_686, 0.337, 0.172, p50_us=3_000)
