"""`python -m tests.quality [FOLDER] [--only WORD] [--json] [--keep-readme]`: measure all logs at hand and write the README's table."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.quality.logs import Log, as_shop_log, logs_in, protocols_of
from tests.quality.promises import PROMISES, PROTOCOLS, promised
from tests.quality.rows import Failed, Row, measured
from tests.quality.table import told, with_table

README = Path(__file__).parents[2] / "README.md"


def main() -> int:
    """Measure one log after the other; 1 when a promise is missed or a run fails, 130 on Ctrl-C, which leaves the README as it was."""
    parser = argparse.ArgumentParser(prog="python -m tests.quality", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(), help="holds one folder a log; the sample shop is always measured")
    parser.add_argument("--only", action="append", metavar="WORD", help="measure what has WORD in 'log protocol'; may be repeated")
    parser.add_argument("--json", action="store_true", help="print one JSON line a row")
    parser.add_argument("--keep-readme", action="store_true", help="leave the README's table as it is")
    asked = parser.parse_args()
    try:
        rows, failures = _measure(asked.folder, asked.only or [""], as_json=asked.json)
    except KeyboardInterrupt:
        return 130
    if rows and not asked.keep_readme:
        README.write_text(with_table(README.read_text(encoding="utf-8"), rows), encoding="utf-8")
    missed = [row for row in rows if not row.kept]
    _say(f"{len(rows)} rows, {len(missed)} promises missed, {failures} runs failed")
    return 1 if missed or failures else 0


def _measure(folder: Path, words: list[str], *, as_json: bool) -> tuple[list[Row], int]:
    rows: list[Row] = []
    logs, failures = logs_in(folder), 0
    for name in sorted({log for log, _ in PROMISES} - {log.name for log in logs}):
        _say(f"{name:14} is not there: skipped")
    for log, protocol in _runs(logs, words):
        _say(f"{log.name:14} {protocol} ...")
        try:
            rows.append(measured(log, protocol))
        except Failed as failure:
            failures += 1
            _say(f"{log.name:14} {protocol} FAILED: {failure}")
        else:
            print(msgspec.json.encode(rows[-1]).decode() if as_json else told(rows[-1]), flush=True)
    return rows, failures


def _runs(logs: list[Log], words: list[str]) -> Iterator[tuple[Log, str]]:
    """Yield what is to be measured; a log is converted when its turn comes, and only if anything is asked of it."""
    for found in logs:
        chosen = [one for one in promised(found.name) or PROTOCOLS if any(word in f"{found.name} {one}" for word in words)]
        if chosen:
            with tempfile.TemporaryDirectory(prefix="tsuide-quality-") as scratch:
                log = as_shop_log(found, Path(scratch))
                fitting = [one for one in protocols_of(log) if one in chosen]
                if not fitting:
                    _say(f"{log.name:14} holds no questions of {', '.join(chosen)}: skipped")
                for protocol in fitting:
                    yield log, protocol


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
