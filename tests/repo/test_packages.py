"""pyproject.toml, requirements.lock and the imports say the same."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.repo.sources import PRODUCT, ROOT, imports_of, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
PINS = re.compile(r"^([\w.\-\[\]]+)==([\w.]+)", re.MULTILINE)
OURS = {*PRODUCT, "deploy", "tests"}
GROUPS = PROJECT["dependency-groups"]
OPTIONAL = [text for texts in PROJECT["project"]["optional-dependencies"].values() for text in texts]
WANTED = [
    Requirement(text)
    for text in [*PROJECT["project"]["dependencies"], *OPTIONAL, *PROJECT["build-system"]["requires"], *GROUPS["dev"], *GROUPS["build"]]
    if isinstance(text, str)
]


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_every_requirement_is_locked_to_a_version_that_it_allows(wanted: Requirement) -> None:
    pinned = [version for name, version in PINS.findall(LOCK) if canonicalize_name(name) == canonicalize_name(wanted.name)]
    assert pinned, f"{wanted.name} is not in requirements.lock: make lock"
    assert all(wanted.specifier.contains(version) for version in pinned), f"{wanted} is locked to {pinned}: make lock"


def test_every_pin_has_its_hashes_and_no_address() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert [entry.splitlines()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert "://" not in LOCK
    assert "--index" not in LOCK


def test_what_the_product_imports_is_a_dependency_of_its_own() -> None:
    declared = {canonicalize_name(Requirement(text).name) for text in [*PROJECT["project"]["dependencies"], *OPTIONAL]}
    owners = packages_distributions()
    strangers = {
        f"{path}: {root}"
        for path in modules(*PRODUCT)
        for root in {name.split(".")[0] for name in imports_of(path)} - set(sys.stdlib_module_names) - OURS
        if not declared & {canonicalize_name(owner) for owner in owners.get(root, [])}
    }
    assert strangers == set(), "add them to the dependencies in pyproject.toml"
