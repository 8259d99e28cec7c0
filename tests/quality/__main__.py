"""`python -m tests.quality [FOLDER] [--only WORD] [--json] [--keep-readme]`: measure all logs at hand and write the README's table."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from stream.errors import LogError
from tests.quality.logs import Log, as_shop_log, logs_in, protocols_of
from tests.quality.promises import PROMISES, PROTOCOLS, promised
from tests.quality.rows import Failed, Row, measured
from tests.quality.table import told, with_table

README = Path(__file__).parents[2] / "README.md"


def main() -> int:
    """Measure one log after the other; 1 when a promise is missed or a run fails, 130 on Ctrl-C: what was measured till then is written."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="holds one folder a log; the sample shop is always measured")
    parser.add_argument("--only", action="append", metavar="WORD", help="measure what has WORD in 'log protocol'; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON line a row")
    parser.add_argument("--keep-readme", action="store_true", help="leave the README's table as it is")
    asked = parser.parse_args()
    rows: list[Row] = []
    failures: list[str] = []
    try:
        for row in _measured(logs_in(asked.folder), asked.only or [""], failures):
            rows.append(row)
            print(msgspec.json.encode(row).decode() if asked.json else told(row), flush=True)
            if not asked.keep_readme:
                README.write_text(with_table(README.read_text(encoding="utf-8"), [row]), encoding="utf-8")
    except KeyboardInterrupt:
        return 130
    missed = [row for row in rows if not row.kept]
    _say(f"{len(rows)} rows, {len(missed)} promises missed, {len(failures)} failures")
    return 1 if missed or failures else 0


def _measured(logs: list[Log], words: list[str], failures: list[str]) -> Iterator[Row]:
    """Yield a row for each log and protocol that has one of `words` in its name; what went wrong is said and added to `failures`."""
    for name in sorted({log for log, _ in PROMISES} - {log.name for log in logs}):
        _say(f"{name:14} is not there: skipped")
    for log in logs:
        chosen = [one for one in promised(log.name) or PROTOCOLS if any(word in f"{log.name} {one}" for word in words)]
        if not chosen:
            continue
        try:
            yield from _rows_of(log, chosen)
        except (Failed, LogError) as failure:
            failures.append(str(failure))
            _say(f"{log.name:14} FAILED: {failure}")


def _rows_of(found: Log, chosen: list[str]) -> Iterator[Row]:
    """Yield the log's rows, one protocol after the other. Raises Failed, or LogError where the log cannot be read."""
    with tempfile.TemporaryDirectory(prefix="tsuide-quality-") as scratch:
        log = as_shop_log(found, Path(scratch))
        fitting = [one for one in protocols_of(log) if one in chosen]
        if not fitting:
            _say(f"{log.name:14} holds no question of the protocols asked for: skipped")
        for protocol in fitting:
            _say(f"{log.name:14} {protocol} ...")
            yield measured(log, protocol)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
