import gzip
import json
from pathlib import Path

from stream.exits import FAILED, OK, PARTLY, USAGE
from tests.stream.archive.records import at, read, written
from tests.stream.cli.conftest import Tsuide


def test_what_a_refused_log_says_is_the_command_that_mends_it(tsuide: Tsuide, tmp_path: Path) -> None:
    log = written(tmp_path / "log.jsonl", at(0, 1, 2), at(0, 0, 1))
    ended = tsuide("sort", str(log), str(tmp_path / "log.sorted.jsonl.zst"))
    assert (ended.code, ended.out, ended.err) == (OK, f"2 lines sorted into {tmp_path}/log.sorted.jsonl.zst, 0 refused.\n", "")
    assert read(tmp_path / "log.sorted.jsonl.zst") == [at(0, 0, 1), at(0, 1, 2)]


def test_damaged_lines_go_to_the_rejects_and_the_exit_code_says_so(tsuide: Tsuide, tmp_path: Path) -> None:
    log, out = written(tmp_path / "log.jsonl", at(0, 0, 1)), tmp_path / "out.jsonl"
    with log.open("ab") as file:
        file.write(b"{\n" * 30)
    ended = tsuide("sort", str(log), str(out))
    assert ended.code == PARTLY
    assert f"{log}:2: Input data was truncated" in ended.err
    assert f"... and 10 more lines, all in {out}.rejects.jsonl." in ended.err
    rejects = [json.loads(line) for line in Path(f"{out}.rejects.jsonl").read_text().splitlines()]
    assert [(one["line"], one["text"]) for one in rejects] == [(line, "{") for line in range(2, 32)]
    # and they may go elsewhere
    elsewhere = tmp_path / "elsewhere.jsonl"
    assert tsuide("sort", str(log), str(out), "--rejects", str(elsewhere), "--json").json == {
        "format": "archive",
        "lines": 1,
        "refused": 30,
        "skipped": 0,
        "repeated": 0,
    }
    assert len(elsewhere.read_text().splitlines()) == 30


def test_a_log_of_which_no_line_is_taken_is_a_failure(tsuide: Tsuide, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("{\n")
    ended = tsuide("sort", str(tmp_path / "log"), str(tmp_path / "out.jsonl"), "--format", "kcat")
    assert ended.code == FAILED
    assert tsuide("sort", str(tmp_path / "log"), str(tmp_path / "out.jsonl")).code == FAILED  # of no known form


def test_a_log_that_is_cut_off_leaves_no_file(tsuide: Tsuide, tmp_path: Path) -> None:
    log, out = tmp_path / "log.jsonl.gz", tmp_path / "out.jsonl"
    log.write_bytes(gzip.compress(written(tmp_path / "whole", at(0, 0, 1)).read_bytes())[:-4])
    ended = tsuide("sort", str(log), str(out))
    assert ended.code == FAILED
    assert "ends too early; fetch or write it again" in ended.err
    assert not out.exists()


def test_a_name_that_cannot_be_written_is_wrong_use(tsuide: Tsuide, tmp_path: Path) -> None:
    log = written(tmp_path / "log.jsonl", at(0, 0, 1))
    for out, why in ((tmp_path / "out.json", "does not end in"), (tmp_path / "none" / "out.jsonl", "there is no folder")):
        ended = tsuide("sort", str(log), str(out))
        assert ended.code == USAGE
        assert why in ended.err
