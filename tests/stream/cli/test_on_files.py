import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stream.exits import FAILED, INTERRUPTED, OK, USAGE
from tests.stream.cli.conftest import Tsuide

DAY_MS = 86_400_000
START_MS = 1_763_780_000_000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Ten orders by ten customers, a day apart: each holds tea and a cup, every second one a spoon as well."""
    path = tmp_path / "events.jsonl"
    with path.open("w") as file:
        for number in range(10):
            items = ["tea", "cup", *(["spoon"] if number % 2 else [])]
            order = {"event": "purchase", "event_id": f"e{number}", "event_time_ms": START_MS + number * DAY_MS, "user_id": f"u{number}"}
            order |= {"transaction_id": f"t{number}", "items": [{"item_id": item, "price": 2} for item in items]}
            file.write(json.dumps(order) + "\n")
    return path


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.csv"
    path.write_text("item_id,item_name,price,currency\ntea,Green tea,2,GBP\ncup,Cup,2,GBP\nspoon,Spoon,2,GBP\n")
    return path


def test_suggest_from_files_shows_what_was_bought_together_and_why(tsuide: Tsuide, log: Path, catalog: Path) -> None:
    # given ten orders of tea, all with a cup and five with a spoon
    ended = tsuide("suggest", "tea", "--events", str(log), "--catalog", str(catalog), "--task", "accessories", "--json")
    # then both accompany the tea, the more frequent first, and the reason says how often
    assert (ended.code, ended.json["memory_version"]) == (OK, 10)
    [accessories] = ended.json["lists"]
    assert [item["item_id"] for item in accessories["items"]] == ["cup", "spoon"]
    assert accessories["items"][0]["reason"]["evidence"] == {"anchor": "tea", "together": 10, "of": 10}
    assert accessories["items"][1]["reason"]["evidence"] == {"anchor": "tea", "together": 5, "of": 10}


def test_the_table_for_people_says_the_reason_in_the_language_that_is_asked_for(tsuide: Tsuide, log: Path, catalog: Path) -> None:
    files = ("--events", str(log), "--catalog", str(catalog))
    assert "In 10 of 10 orders with Green tea" in tsuide("suggest", "tea", *files).out
    assert "ご注文10件のうち10件" in tsuide("suggest", "tea", *files, "--language", "ja").out


def test_a_damaged_log_ends_with_1_and_its_line(tsuide: Tsuide, log: Path) -> None:
    log.write_text(log.read_text() + "{\n")
    for command in (("suggest", "tea", "--events", str(log)), ("evaluate", str(log), "--protocol", "basket")):
        ended = tsuide(*command)
        assert ended.code == FAILED
        assert f"{log}:11:" in ended.err


def test_evaluate_ends_its_output_with_the_report(tsuide: Tsuide, log: Path) -> None:
    # given ten baskets; the last 20 % are two, each with a question
    ended = tsuide("evaluate", str(log), "--protocol", "basket", "--json")
    assert ended.code == OK
    assert (ended.json["protocol"], ended.json["n"], ended.json["events"], ended.json["items"]) == ("basket", 2, 10, 3)
    assert "hr@10" in ended.json
    assert "popular" in ended.json["baselines"]


def test_a_share_above_one_or_an_unknown_protocol_is_wrong_use(tsuide: Tsuide, log: Path) -> None:
    assert tsuide("evaluate", str(log), "--protocol", "basket", "--tail", "1.5").code == USAGE
    assert tsuide("evaluate", str(log), "--protocol", "guess").code == USAGE
    assert tsuide("suggest", "tea", "--task", "everything").code == USAGE


def test_evidence_is_left_out_by_name_once_or_often_and_the_report_says_which(tsuide: Tsuide, log: Path) -> None:
    ended = tsuide("evaluate", str(log), "--protocol", "basket", "--ablate", "title, pairs", "--ablate", "taste", "--json")
    assert (ended.code, ended.json["ablated"]) == (OK, ["pairs", "taste", "title"])
    assert tsuide("evaluate", str(log), "--protocol", "basket", "--json").json["ablated"] == []


def test_evidence_that_a_protocol_does_not_have_is_wrong_use_and_all_names_are_told(tsuide: Tsuide, log: Path) -> None:
    ended = tsuide("evaluate", str(log), "--protocol", "upgrade", "--ablate", "brand,neighbours")
    assert (ended.code, ended.out) == (USAGE, "")
    assert "upgrade has no source of evidence neighbours; it has brand, followed, history, popularity, ratio," in ended.err
    assert len(ended.err.splitlines()) == 1


def test_the_curves_are_drawn_and_the_same_log_gives_the_same_bytes(tsuide: Tsuide, log: Path, tmp_path: Path) -> None:
    files = [tmp_path / "one.svg", tmp_path / "other.svg"]
    for file in files:
        ended = tsuide("evaluate", str(log), "--protocol", "basket", "--tail", "1", "--plot", str(file), "--json")
        assert (ended.code, ended.err) == (OK, "")
    drawn = files[0].read_text()
    assert drawn == files[1].read_text()
    # the text of every label stands beside its outlines: ten questions, and a curve for each ranker
    assert all(f"<!-- {name} " in drawn for name in ("tsuide", "popular", "own-favourites", "confidence", "cosine"))
    assert "HR@10 over the last 10 questions" in drawn
    assert "event time (UTC) of the 10 questions that count" in drawn


def test_a_log_without_a_question_is_drawn_empty(tsuide: Tsuide, log: Path, tmp_path: Path) -> None:
    ended = tsuide("evaluate", str(log), "--protocol", "next-item", "--plot", str(tmp_path / "none.svg"), "--json")
    assert (ended.code, ended.json["n"]) == (OK, 0)
    assert "of the 0 questions that count" in (tmp_path / "none.svg").read_text()


def test_what_cannot_be_drawn_is_told_before_the_log_is_read(
    tsuide: Tsuide, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.write_text("never read\n")
    command = ("evaluate", str(log), "--protocol", "basket", "--plot")
    for path, said in ((tmp_path / "a.png", "does not end in .svg"), (tmp_path / "none" / "a.svg", "there is no folder")):
        ended = tsuide(*command, str(path))
        assert (ended.code, said in ended.err) == (USAGE, True)
    # and where matplotlib is not installed, what to install
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    ended = tsuide(*command, str(tmp_path / "a.svg"))
    assert (ended.code, ended.err) == (
        FAILED,
        "tsuide: --plot draws with matplotlib, which is not installed: pip install 'tsuide[plot]'.\n",
    )


def test_a_long_pass_shows_on_a_terminal_how_far_it_is_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    # given a log of 40,000 views, and somebody who watches the standard error of its evaluation
    log = tmp_path / "views.jsonl"
    views = (
        {
            "event": "view_item",
            "event_id": f"e{n}",
            "event_time_ms": START_MS + n,
            "session_id": f"s{n % 97}",
            "items": [{"item_id": f"i{n % 89}"}],
        }
        for n in range(40_000)
    )
    log.write_text("".join(json.dumps(view) + "\n" for view in views))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "stream.cli", "evaluate", str(log), "--protocol", "next-item", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"})
    os.close(theirs)
    # when the first thousand are done
    seen = b""
    while b"000/40000" not in seen:
        seen += os.read(ours, 4096)
    assert b"asked and learnt" in seen
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    # then it ends at once, with nothing but the bar taken away
    rest = read_to_the_end(ours)
    assert (process.returncode, out) == (INTERRUPTED, b"")
    assert b"Traceback" not in rest
    assert b"tsuide:" not in rest


def read_to_the_end(terminal: int) -> bytes:
    """Return what is left of a terminal whose other side is closed, and close it."""
    rest = b""
    try:
        while more := os.read(terminal, 4096):
            rest += more
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(terminal)
    return rest
