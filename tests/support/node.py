"""Node.js beside the tests: the referees of the contracts that exist for no other language."""

import json
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "stream" / "contracts"
DASHBOARD = Path(__file__).parents[1] / "monitoring"
AXE = Path(__file__).parents[1] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
LONGEST_S = 60


def why_no_node() -> str | None:
    """Return what is missing to run the referees and the cure, or None."""
    if shutil.which("node") is None:
        return "no Node.js: install Node.js 20, then `make install-node`"
    if not all((folder / "node_modules").is_dir() for folder in (FOLDER, DASHBOARD)):
        return "no packages for Node.js: `make install-node`"
    return None


def run_node(script: str, said: object) -> str:
    """Return what a script of tests/stream/contracts prints when it is given `said` as JSON. Raises RuntimeError with its complaint."""
    done = subprocess.run(["node", script], cwd=FOLDER, input=json.dumps(said), capture_output=True, text=True, timeout=LONGEST_S)
    if done.returncode != 0:
        raise RuntimeError(f"{script} failed:\n{done.stderr}")
    return done.stdout


def compile_scripts(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run TypeScript's compiler on scripts for browsers; `check`: strictly by their JSDoc."""
    compiler = FOLDER / "node_modules" / "typescript" / "bin" / "tsc"
    how = ["--allowJs", "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]
    where = ["--lib", "es2022,dom,dom.iterable", *(["--checkJs"] if check else [])]
    command = ["node", str(compiler), *how, *where, *map(str, arguments)]
    # Not where packages lie: the types of Node.js are not a browser's.
    return subprocess.run(command, cwd=FOLDER.parent, capture_output=True, text=True, timeout=LONGEST_S)
