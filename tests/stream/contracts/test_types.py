import subprocess
from pathlib import Path

import pytest

from tests.stream.contracts.golden import TYPES, types
from tests.support.node import FOLDER

pytestmark = pytest.mark.node


def test_the_types_for_frontends_are_those_of_the_records() -> None:
    assert TYPES.read_text(encoding="utf-8") == types(), "run `make golden`"


def test_a_page_that_sends_events_and_shows_suggestions_compiles(tmp_path: Path) -> None:
    compiler = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2022", "--module", "nodenext"]
    done = subprocess.run(["node", str(compiler), *options, str(FOLDER / "page.sample.ts")], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
