"""deploy/README.md as a test reads it: its blocks of commands, by the heading that they stand under."""

import re

from tests.support.deployed import ROOT

PAGE = ROOT / "deploy/README.md"


def blocks() -> dict[str, list[str]]:
    """Return heading -> the blocks of shell under it, as they are."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^#+ ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading = section.splitlines()[0].strip()
        found[heading] = re.findall(r"^```sh\n(.*?)^```$", section, flags=re.DOTALL | re.MULTILINE)
    return found


def block(heading: str) -> str:
    """Return the one block under a heading."""
    [only] = blocks()[heading]
    return only


def commands() -> list[tuple[str, str]]:
    """Return (heading, command) of every command; a line that ends with a backslash goes on in the next."""
    return [
        (heading, line.strip())
        for heading, texts in blocks().items()
        for text in texts
        for line in text.replace("\\\n", "").splitlines()
        if line.strip() and not line.startswith("#")
    ]
