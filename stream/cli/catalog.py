"""`tsuide catalog`: what the shop sells, from its files to the topic."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import CatalogFormat
from stream.exits import FAILED, OK, PARTLY

app = typer.Typer(help="Bring the shop's catalogue to the topic, and take items from it.", no_args_is_help=True)
SHOWN_REFUSALS = 20


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The catalogue: plain, .gz or .zst.")],
    format: Annotated[CatalogFormat | None, typer.Option(help="Guessed from the first line where it is left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read and check; asks no broker.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Read a catalogue and send each item to the topic; the later row of an id wins.

    jsonl: one item a line, fields as in the contract. csv: a heading of the same fields, separated by comma, semicolon or tab;
    lists by | or comma, `tier` as family:rank, `specs.watt`, `benefits.ja`, `rating.value` inside, `sale_price_effective_date` as
    start/end. merchant: a Google Merchant Center feed (id, title, price "12.90 GBP", availability, product_type ...).

    Example: tsuide catalog import feed.tsv.gz --dry-run

    Exit codes: 0 every row taken, 3 some refused, 1 nothing imported, 2 wrong use, 4 Kafka is away.
    """
    from stream.catalog.importing import import_file
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json, watched

    broker = None if dry_run else settings().kafka
    report = once(import_file(file, broker, format=format.value if format else None, watched=watched))
    if as_json:
        print_json(report)
    else:
        for refusal in report.refusals[:SHOWN_REFUSALS]:
            typer.echo(f"{file}:{refusal.line}: {refusal.field + ': ' if refusal.field else ''}{refusal.why}", err=True)
        if report.refused > SHOWN_REFUSALS:
            typer.echo(f"... and {report.refused - SHOWN_REFUSALS} more rows refused.", err=True)
        if report.columns_left_out:
            typer.echo(f"Columns that mean nothing here were left out: {', '.join(report.columns_left_out)}.", err=True)
        typer.echo(f"{report.rows} rows {'would be ' if dry_run else ''}imported ({report.items} items), {report.refused} refused.")
    if report.rows == 0:
        return FAILED
    return PARTLY if report.refused else OK


@app.command()
def withdraw(
    item_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Items that are no longer sold.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Take items from the catalogue: from now on they are never suggested.

    Example: tsuide catalog withdraw 85123A 22752

    Exit codes: 0 withdrawn, 1 the topic is missing, 2 wrong use, 4 Kafka is away.
    """
    from stream.catalog import publish
    from stream.cli.ending import once
    from stream.cli.setting import settings
    from stream.cli.terminal import print_json

    gone = once(publish.withdraw(settings().kafka, item_ids))
    if as_json:
        print_json({"withdrawn": gone})
    else:
        typer.echo(f"{gone} withdrawn.")
    return OK
