"""What a process of a test has logged, as fields."""

import json
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def lines_in(log: Path, event: str | None = None) -> list[Line]:
    """Return the JSON lines of a log, those of `event` alone where it is named; other output, and a line half written, is passed over."""
    text = log.read_text(errors="replace") if log.exists() else ""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
    return [line for line in lines if event in (None, line["event"])]
