"""`tsuide doctor`: what is wrong, and what to do about it."""

from typing import Annotated

import typer

from stream.exits import FAILED, OK


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False) -> int:
    """Look at Python, settings, Kafka, topics, newest records, groups and Redis, and say what to do about what is wrong.

    Example: tsuide doctor --json

    Exit codes: 0 nothing failed, 1 something failed (a warning is no failure), 2 wrong setting.
    """
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, print_state
    from stream.doctor.finding import Finding
    from stream.doctor.look import look

    here = settings()
    findings: list[Finding] = []

    async def all_of_it() -> None:
        async for finding in look(here):
            findings.append(finding)
            if not as_json:
                print_state(finding.state, f"{finding.check}: {finding.found}", finding.cure)

    once(all_of_it())
    failed = any(finding.state == "fail" for finding in findings)
    if as_json:
        print_json({"ok": not failed, "findings": findings})
    return FAILED if failed else OK
