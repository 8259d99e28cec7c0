"""`tsuide replay`: a stretch of the past once more through the worker's own code."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import AtMost, Form, From, Goods, Into, LogSource, Named, To, Whose
from stream.exits import OK, PARTLY


def replay(
    log: LogSource,
    into: Annotated[Into, typer.Option(help="memory: in this process; neither Kafka nor Redis is asked or written.")] = Into.memory,
    catalog: Goods = None,
    policy: Annotated[Path | None, typer.Option(help="Policy file. Else TSUIDE_POLICY.")] = None,
    from_: From = None,
    to: To = None,
    customer: Whose = None,
    event: Named = None,
    limit: AtMost = None,
    learn_only: Annotated[bool, typer.Option("--learn-only", help="Count and remember, and answer nobody: several times as fast.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep what is sent out: <topic>.jsonl.gz each, there when they are whole.")
    ] = None,
    format: Form = None,
    rejects: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where damaged lines go. Else LOG.rejects.jsonl, here or in --output."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Work a log as the worker and the trainer would have worked it, from an empty store on, and tell what comes of it.

    Time is that of the records, and nothing depends on this machine's clock or speed: the same log and policy give the same suggestions,
    examples and models, byte for byte. Suggestions are named after the records that cause them, as they were live. A log is what
    `tsuide export` writes, what `kcat -J` prints, the shop's events one a line, or Segment's track calls; in order of time, which
    `tsuide sort` brings about.

    Example: tsuide replay november.jsonl.zst --catalog catalog.jsonl --output november/

    Exit codes: 0 replayed, 3 some lines or records could not be read, 1 a file cannot be read or written, 2 wrong use or setting,
    70 an event cannot be counted, 130 Ctrl-C: there are no files.
    """
    from msgspec import to_builtins

    from online_models.policy.policy import Policy
    from stream.archive.reading import Reading, open_log
    from stream.archive.rejects import RejectsFile
    from stream.cli.ending import once
    from stream.cli.goods import take_goods
    from stream.cli.past import Asked, beside, chosen_of, reached, tell_refused, who_of
    from stream.cli.progress import told
    from stream.cli.setting import settings
    from stream.cli.shown.replay import print_rehearsed
    from stream.cli.terminal import print_json
    from stream.contracts.topics import DEAD_LETTERS
    from stream.engine.knowledge import Knowledge
    from stream.replay.rehearsal import Rehearsal

    here = settings()
    know = Knowledge(Policy.read(policy or here.policy))
    if catalog is not None:
        take_goods(catalog, know.catalog)
    who = who_of(here)
    chosen = chosen_of(Asked(from_, to, customer, event, limit), here, who)
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
    with told("bytes read") as tell, RejectsFile(rejects or beside(log, output)) as refuse:
        opened = open_log(log, Reading(here.partitions, who, format.value if format else None, refuse))

        def progress(run: Rehearsal) -> None:
            tell(opened.files.done_bytes, opened.files.size_bytes, reached(run.records, run.clock_ms))

        run = Rehearsal(know, pseudonymise=who, partitions=here.partitions, keep=output, ranks=not learn_only, progress=progress)
        done = once(run.of(opened, chosen))
    refused, skipped = opened.files.refused, opened.files.skipped
    if as_json:
        print_json({"refused": refused, "skipped": skipped, "per_second": round(done.per_second, 1), **to_builtins(done)})
    else:
        tell_refused(refuse)
        print_rehearsed(done)
    return PARTLY if refused or done.sent.get(DEAD_LETTERS) else OK
