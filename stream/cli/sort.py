"""`tsuide sort`: a log of any known form in the order in which it can be replayed."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import Form, LogFile
from stream.exits import FAILED, OK, PARTLY


def sort(
    log: LogFile,
    out: Annotated[Path, typer.Argument(help="The sorted file: .jsonl, .jsonl.gz or .jsonl.zst; it is there when it is whole.")],
    format: Form = None,
    rejects: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where damaged lines go, with their number and reason. Else OUT.rejects.jsonl.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Write a log's lines, as they are, in the order of their time. Larger than memory is no matter: what does not fit waits beside OUT.

    archive: what `tsuide export` writes. kcat: what `kcat -J` prints. events: the shop's events, one a line. segment: Segment's track
    calls; those that the shop has no event for are left out. Records go by time across partitions and by offset within each, and one that
    is there twice is written once; events go by their time.

    Example: tsuide sort november/ november.jsonl.zst

    Exit codes: 0 sorted, 3 some lines went to the rejects, 1 nothing could be sorted or a file cannot be read or written, 2 wrong use,
    130 Ctrl-C: there is no file.
    """
    from stream.archive.rejects import SUFFIX, RejectsFile
    from stream.archive.sorting import Sorting
    from stream.cli.export import check_name
    from stream.cli.progress import told
    from stream.cli.terminal import print_json

    check_name(out)
    beside = rejects or out.with_name(out.name + SUFFIX)
    sorting = Sorting(log, format.value if format else None)
    with told("bytes read") as progress, RejectsFile(beside) as refused:
        report = sorting.write(out, refused, progress=progress)
    if as_json:
        print_json(report)
    else:
        for reject in refused.first:
            typer.echo(str(reject), err=True)
        if report.refused > len(refused.first):
            typer.echo(f"... and {report.refused - len(refused.first):,} more lines, all in {beside}.", err=True)
        more = f", {report.skipped:,} calls skipped" * bool(report.skipped) + f", {report.repeated:,} repeated" * bool(report.repeated)
        typer.echo(f"{report.lines:,} lines sorted into {out}, {report.refused:,} refused{more}.")
    if report.lines == 0:
        return FAILED
    return PARTLY if report.refused else OK
