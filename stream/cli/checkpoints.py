"""`tsuide checkpoints`: which ones are there, and whether a worker could start from them."""

from typing import Annotated

import typer

from stream.exits import FAILED, OK


def checkpoints(as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON a checkpoint.")] = False) -> int:
    """List the checkpoints of the shared memory, newest first, and read each to its end. Changes nothing, and asks no broker.

    Example: TSUIDE_CHECKPOINTS=/var/lib/tsuide tsuide checkpoints

    Exit codes: 0 each is whole, 1 some are not, or there are none, 2 wrong setting, or no folder is named.
    """
    from datetime import UTC, datetime
    from pathlib import Path

    from stream.checkpoints.folder import Folder
    from stream.checkpoints.look import look_at
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, print_table
    from stream.errors import SettingsError

    here = settings()
    if not here.checkpoints:
        raise SettingsError("TSUIDE_CHECKPOINTS names no folder, so there are no checkpoints: set it as it is set for the workers.")
    seen = [look_at(path) for path in Folder(Path(here.checkpoints), here.checkpoints_kept).newest_first()]
    if as_json:
        for one in seen:
            print_json(one)
    else:
        rows = [
            (
                Path(one.path).name,
                "-" if one.created_ms is None else datetime.fromtimestamp(one.created_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "-" if one.records is None else f"{one.records:,}",
                ", ".join(f"{number}:{offset}" for number, offset in sorted(one.offsets.items())) or "-",
                f"{one.size_bytes / 1e6:.1f} MB",
                one.fault or "whole",
            )
            for one in seen
        ]
        print_table(("checkpoint", "written (UTC)", "records", "goes on at", "size", "state"), rows)
    return OK if seen and not any(one.fault for one in seen) else FAILED
