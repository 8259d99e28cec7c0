"""Every file: short, explained, and free of the machine that it was written on."""

import ast
import re

from tests.repo.sources import PRODUCT, ROOMS, modules, text_of, tracked, tree_of

MOST_LINES = {"product": 250, "tests": 400}  # claims are read one by one, code is kept in mind whole
LONGER: dict[str, str] = {}  # path -> why it is better in one piece

# Put together here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.$-])/(?:{})/\w".format("|".join(("work", "root", "home", "Users"))))
REGISTRIES = re.compile(
    "|".join(
        re.escape(".".join(host))
        for host in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("registry", "npmjs"),
            ("registry", "yarnpkg"),
            ("maven", "org/maven2"),
            ("repo", "maven"),
            ("deb", "debian"),
            ("proxy", "golang"),
            ("crates", "io"),
        )
    )
)


def most_lines(path: str) -> int:
    return MOST_LINES["tests" if path.startswith("tests/") else "product"]


def test_no_module_is_longer_than_one_can_keep_in_mind() -> None:
    lengths = {path: len((text_of(path) or "").splitlines()) for path in modules(*ROOMS)}
    long = {path: lines for path, lines in lengths.items() if lines > most_lines(path)}
    assert set(long) - set(LONGER) == set(), f"too long: {long}; divide it, or give the reason in LONGER"
    assert set(LONGER) <= set(long), "LONGER names a file that is short by now"


def test_every_module_says_what_it_is_in_a_full_sentence() -> None:
    explained = [path for path in modules(*PRODUCT, "deploy", "tests/support") if "/test_" not in path]
    first_lines = {path: (ast.get_docstring(tree_of(path)) or "nothing").splitlines()[0] for path in explained}
    assert {path: line for path, line in first_lines.items() if not line.endswith((".", "?", ":", "!"))} == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    naming = [
        f"{path}: {line.strip()}"
        for path in tracked()
        for line in (text_of(path) or "").splitlines()
        if MACHINE_PATHS.search(line) or REGISTRIES.search(line)
    ]
    assert naming == []


def test_machine_paths_and_registries_would_be_found() -> None:
    assert MACHINE_PATHS.search("see /" + "root/x")
    assert not MACHINE_PATHS.search("a relative path such as net/" + "work/x")
    assert REGISTRIES.search("https://" + ".".join(("pypi", "org")))


def test_text_files_end_with_a_line_end_and_have_no_carriage_returns() -> None:
    texts = {path: text for path in tracked() if (text := text_of(path))}
    assert [path for path, text in texts.items() if not text.endswith("\n") or "\r" in text] == []
