"""The files under version control, and what the Python ones import."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("stream", "features", "online_models", "deploy", "tests")
PRODUCT = ("stream", "features", "online_models")


@cache
def tracked() -> tuple[str, ...]:
    """Return the paths of all files that git keeps and that are there, relative to the root, in order."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for path in sorted(filter(None, listed.split("\0"))) if (ROOT / path).is_file())


def modules(*rooms: str) -> list[str]:
    """Return the tracked Python files in these folders."""
    return [path for path in tracked() if path.endswith(".py") and path.startswith(tuple(f"{room}/" for room in rooms))]


def text_of(path: str) -> str | None:
    """Return a file's text, or None for one that is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


@cache
def tree_of(path: str) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=path)


def imports_of(path: str) -> set[str]:
    """Return the full names of what a file imports, wherever in it: `from a.b import c` gives `a.b` and `a.b.c`."""
    return imported(tree_of(path), package=Path(path).parent.as_posix().replace("/", "."))


def imported(tree: ast.Module, *, package: str) -> set[str]:
    """Return the full names that a module of `package` imports; relative ones are made full."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *filter(None, [node.module])])
            names |= {source} | {f"{source}.{alias.name}" for alias in node.names}
    return names


def within(name: str, package: str) -> bool:
    """Return whether a module is `package` or lies in it."""
    return name == package or name.startswith(f"{package}.")
