"""A preview as people read it: cards, what stands behind their scores, and what was left out."""

from collections.abc import Iterator, Sequence

import typer

from features.catalog import Catalog
from online_models.explanation import Why
from online_models.left_out import LeftOut
from online_models.scored import Scored
from stream.cli.terminal import print_table
from stream.contracts.suggestion import SuggestedItem, SuggestedList
from stream.preview import Preview

LEFT_OUT = 20  # rows a list; --json has all


def print_preview(shown: Preview, catalog: Catalog, *, why: bool) -> None:
    """Print the lists, the silent ones with their rule, and with `why` the arithmetic and what was left out."""
    print_lists(shown.lists)
    if shown.browse:
        typer.echo("\nProbably looked at next")
        print_table(("item", "name", "score"), [(item.item_id, item.item_name or "", f"{item.score:.3f}") for item in shown.browse])
    for name, rule in shown.silences:
        typer.echo(f"{name}: nothing ({rule})")
    if why:
        for one_why in shown.why:
            print_why(one_why)
        print_left_out(shown.left_out, catalog)
    learnt = "start weights" if shown.model_version < 0 else f"ranker {shown.model_version}"
    typer.echo(f"\n{shown.memory_version:,} remembered events, {len(catalog):,} catalogue items, {learnt}, policy {shown.policy_version}.")
    if shown.customer is not None:
        typer.echo(f"As it would be answered to {shown.customer}.")


def print_lists(lists: Sequence[SuggestedList]) -> None:
    """Print cards under their headlines."""
    for one in lists:
        typer.echo(f"\n{one.headline or one.item_list_id}")
        rows = [(item.item_id, item.item_name or "", _price(item.price, item.currency), _said(item)) for item in one.items]
        print_table(("item", "name", "price", "why"), rows)


def _said(item: SuggestedItem) -> str:
    """Return benefit and reason, but nothing twice."""
    return item.reason.text if not item.benefit or item.benefit in item.reason.text else f"{item.benefit}. {item.reason.text}"


def print_why(why: Why) -> None:
    """Print the arithmetic of one item in every order that it stands in."""
    if not why.scored:
        typer.echo(f"\n{why.item_list_id}: {why.item_id}, scored by no ranker: the shop relates it, or it is due")
    for one in why.scored:
        sources = ", ".join(f"{name} {value:g}" for name, value in one.sources.items())
        typer.echo(f"\n{why.item_list_id}: {why.item_id} by {one.head} (bucket {one.bucket}), place {one.place} of {one.of}")
        if sources:
            typer.echo(f"sources: {sources}")
        print_table(("feature", "value", "weight", "product"), list(_terms(one)))


def _terms(one: Scored) -> Iterator[tuple[str, str, str, str]]:
    for term in one.terms:
        yield term.feature, f"{term.value:.4f}", f"{term.weight:.4f}", f"{term.product:+.4f}"
    yield "score", "", "", f"{one.total:+.4f}"


def print_left_out(left_out: Sequence[LeftOut], catalog: Catalog) -> None:
    """Print what each list left out, by which rule."""
    for name in dict.fromkeys(one.item_list_id for one in left_out):
        own = [one for one in left_out if one.item_list_id == name]
        typer.echo(f"\nLeft out of {name}")
        print_table(("item", "name", "rule"), [(one.item_id, _name(one.item_id, catalog), one.rule) for one in own[:LEFT_OUT]])
        if len(own) > LEFT_OUT:
            typer.echo(f"and {len(own) - LEFT_OUT} more; --json has all")


def _name(item_id: str, catalog: Catalog) -> str:
    entry = catalog.get(item_id)
    return (entry.item_name if entry is not None else None) or ""


def _price(price: float | None, currency: str | None) -> str:
    return "" if price is None else f"{price:.2f} {currency or ''}".strip()
