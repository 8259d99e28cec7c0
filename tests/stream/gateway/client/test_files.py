import gzip
import json
import subprocess
from pathlib import Path

import pytest

from stream.gateway.client_files import FOLDER, PARTS, module, packed, without_comments
from tests.stream.contracts.client_types import CLIENT_TYPES, client_types
from tests.support.asking import Asking
from tests.support.node import FOLDER as NODE
from tests.support.node import compile_scripts

MOST_BYTES = 12 * 1024


def test_the_client_is_small() -> None:
    assert len(packed()) <= MOST_BYTES


def test_every_part_is_served_once() -> None:
    assert sorted(PARTS) == sorted(path.stem for path in FOLDER.glob("*.js"))


def test_no_part_makes_code_or_markup_of_data() -> None:
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style.", "import("):
        assert word not in module(), word


async def test_a_page_of_any_origin_gets_the_module_and_asks_only_whether_it_has_changed(gate: Asking) -> None:
    # given the first visit, from a page of the shop
    first = await gate.ask("GET", "/client.js", Origin="https://elsewhere.example", Accept_Encoding="gzip")
    assert (first.status, first.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.body.decode() == module()  # aiohttp has unpacked it
    # when the browser comes again
    again = await gate.ask("GET", "/client.js", If_None_Match=first.headers["ETag"], Accept_Encoding="gzip")
    # then nothing travels; and plain bytes have a tag of their own
    assert (again.status, again.body) == (304, b"")
    plain = await gate.ask("GET", "/client.js", Accept_Encoding="identity")
    assert plain.headers["ETag"] != first.headers["ETag"]
    assert gzip.decompress(packed()) == plain.body


@pytest.mark.node
def test_the_types_of_the_code_hold() -> None:
    done = compile_scripts("--noEmit", *sorted(FOLDER.glob("*.js")))
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.node
def test_the_published_types_are_those_of_the_code() -> None:
    assert CLIENT_TYPES.read_text(encoding="utf-8") == client_types(), "run `make golden`"


@pytest.mark.node
def test_a_page_that_uses_the_client_compiles(tmp_path: Path) -> None:
    compiler = NODE / "node_modules" / "typescript" / "bin" / "tsc"
    options = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "es2022", "--module", "nodenext"]
    sample = Path(__file__).with_name("page.sample.ts")
    done = subprocess.run(["node", str(compiler), *options, str(sample)], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.node
def test_what_is_served_is_what_typescript_leaves_without_comments(tmp_path: Path) -> None:
    # given the parts as they are, and as they are served
    for part in PARTS:
        source = (FOLDER / f"{part}.js").read_text(encoding="utf-8")
        for folder, text in (("whole", source), ("served", without_comments(source))):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{part}.js").write_text(text, encoding="utf-8")
    # when the compiler prints both without comments
    printed = {}
    for folder in ("whole", "served"):
        done = compile_scripts(
            "--removeComments", "--outDir", str(tmp_path / f"{folder}.out"), *sorted((tmp_path / folder).glob("*.js")), check=False
        )
        assert done.returncode == 0, done.stdout
        printed[folder] = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / f"{folder}.out").glob("*.js")}
    # then nothing but comments is missing
    assert json.dumps(printed["served"], indent=1) == json.dumps(printed["whole"], indent=1)
    assert len(printed["whole"]) == len(PARTS)
