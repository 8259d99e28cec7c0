"""`tsuide export`: topics into a file that can be read again."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import From, To, Whose
from stream.exits import OK


def export(
    out: Annotated[Path, typer.Argument(help="The file: .jsonl, .jsonl.gz, .jsonl.zst or .parquet; it is there when it is whole.")],
    topic: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Topic; may be repeated. Without it: the input topics.")] = None,
    from_: From = None,
    to: To = None,
    customer: Whose = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Write the records of topics to a file, up to the ends that the topics have now. Changes nothing in Kafka.

    One record a line: topic, partition, offset, timestamp (ms), key, headers, value; text as it is, other bytes as {"base64": ...}, so that
    every byte comes back. Parquet has the same as columns, and needs pyarrow. The records are in the order of their time across partitions,
    and of their offsets within each. They are what customers did, so only the file's owner may read it.

    Example: tsuide export november.jsonl.zst --from 2026-11-01T00:00+01:00 --to 2026-12-01T00:00+01:00

    Exit codes: 0 written, 1 there is no such topic, the file cannot be written or pyarrow is missing, 2 wrong use or setting, 4 Kafka is
    away, 130 Ctrl-C: there is no file.
    """
    from stream.archive.export import export as export_topics
    from stream.archive.parquet import SUFFIX as PARQUET
    from stream.archive.wanted import Wanted
    from stream.cli.ending import once
    from stream.cli.moments import moment_ms
    from stream.cli.progress import told
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json
    from stream.contracts.topics import INPUTS
    from stream.customer import customer_named
    from stream.engine.who import pseudonymiser

    check_name(out, more=(PARQUET,))
    here = settings()
    from_ms, to_ms = moment_ms(from_, "--from"), moment_ms(to, "--to")
    if from_ms is not None and to_ms is not None and from_ms >= to_ms:
        raise typer.BadParameter("is not after --from.", param_hint="--to")
    whose = frozenset(customer_named(said, here) for said in customer or ())
    pseudonymise = pseudonymiser(here.pseudonym_key_id, here.secret()) if here.pseudonym_secret else None
    wanted = Wanted(from_ms, to_ms, whose, pseudonymise)
    with told("records read") as progress:
        report = once(export_topics(here.kafka, list(dict.fromkeys(topic or INPUTS)), out, wanted, progress=progress))
    if as_json:
        print_json(report)
    else:
        each = ", ".join(f"{count:,} of {name}" for name, count in report.topics.items())
        typer.echo(f"{report.records:,} records written to {out}: {each}.")
    return OK


def check_name(out: Path, *, more: tuple[str, ...] = ()) -> None:
    """Refuse a file that could not be written. Raises typer.BadParameter."""
    from stream.archive.writing import SUFFIXES

    suffixes = SUFFIXES + more
    if not out.name.endswith(suffixes):
        raise typer.BadParameter(f"{out} does not end in {', '.join(suffixes[:-1])} or {suffixes[-1]}.", param_hint="OUT")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent}.", param_hint="OUT")
