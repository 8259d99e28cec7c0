"""The README's table of settings is the class's own."""

from pathlib import Path

import msgspec

from stream.settings import Settings, meaning_of, variable_of
from tests.repo.sources import ROOT

HEAD = "| variable | default | meaning |"


def default_of(field: msgspec.structs.FieldInfo) -> str:
    """Return a default as the table shows it: paths from the root, nothing as `none`."""
    if field.default in (None, ""):
        return "none"
    return field.default.relative_to(ROOT).as_posix() if isinstance(field.default, Path) else f"{field.default}"


def the_table() -> list[str]:
    """Return the rows that README.md is to hold."""
    return [
        f"| `{variable_of(field.name)}` | {default_of(field)} | {meaning_of(field.name)} |" for field in msgspec.structs.fields(Settings)
    ]


def test_the_readme_lists_every_setting_with_its_default_and_meaning() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert HEAD in lines, "README.md has no table of settings; it is to be:\n" + "\n".join([HEAD, "|---|---|---|", *the_table()])
    start = lines.index(HEAD) + 2  # under the head stands the rule
    assert lines[start : start + len(the_table())] == the_table(), "README.md is to say:\n" + "\n".join(the_table())
    assert not lines[start + len(the_table())].startswith("|"), "README.md lists a setting that there is not"
