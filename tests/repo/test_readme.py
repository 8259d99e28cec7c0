"""What the README tells people to type is there."""

import re

from tests.repo.sources import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_target_that_the_readme_names_is_in_the_makefile_with_an_explanation() -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))
    explained = set(re.findall(r"^([a-z-]+):.*## \w", MAKEFILE, re.MULTILINE))
    assert {"demo", "test"} <= named <= explained


def test_every_file_that_the_readme_links_to_exists() -> None:
    linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", README)
    assert [path for path in linked if not (ROOT / path).exists()] == []
