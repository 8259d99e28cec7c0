"""A comparison as people read it: what each policy says, list by list, and what the log tells of its uptake."""

from collections.abc import Iterator, Mapping

import typer

from online_models.counterfactual.estimates import Estimate
from stream.cli.shown.replay import time_of
from stream.cli.terminal import print_table
from stream.compare.compared import Compared, ListFigures, PolicyFigures, Prices, Uptake

MOST_ITEMS, MOST_RULES = 8, 3  # --json has all
NONE = "-"
THIN = "too thin"


def print_compared(done: Compared) -> None:
    """Print what differs, policy by policy and list by list, and what the log tells of uptake."""
    if done.first_ms is None or done.last_ms is None:
        typer.echo("No record was chosen.")
        return
    first = done.policies[0].name
    typer.echo(
        f"{done.records:,} records of {time_of(done.first_ms)} to {time_of(done.last_ms)} in {done.seconds:.1f} s: "
        f"{done.events:,} events answered under {len(done.policies)} policies."
    )
    beside_first = (f"other cards than {first}", f"only {first} speaks", f"{first} is silent")
    print_table(("policy", "version", "speaks at", "cards", "items", *beside_first), [_policy(one) for one in done.policies])
    typer.echo("")
    columns = ("list", "policy", "speaks at", "cards", "mean price", "than on screen", "sets save", "forecast", "silent")
    print_table(columns, list(_lists(done.policies)))
    for one in done.policies:
        if one.against is not None:
            _items(f"Items that only {first} shows, not {one.name}", one.against.items_only_first)
            _items(f"Items that only {one.name} shows, not {first}", one.against.items_only_this)
    typer.echo("")
    _print_uptake(done, first)


def share(value: float) -> str:
    """Return a share in per cent."""
    return f"{value:.2%}"


def interval(estimate: Estimate | None) -> str:
    """Return a share with its interval."""
    return NONE if estimate is None else f"{share(estimate.value)} ({share(estimate.low)} to {share(estimate.high)})"


def _policy(one: PolicyFigures) -> tuple[str, ...]:
    beside = one.against
    told = (NONE, NONE, NONE) if beside is None else (f"{beside.other:,}", f"{beside.only_first:,}", f"{beside.only_this:,}")
    return one.name, one.version, f"{one.spoke:,}", f"{one.cards:,}", f"{one.items:,}", *told


def _lists(policies: tuple[PolicyFigures, ...]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each list and policy, the policies of one list below each other; of more currencies than one a row each."""
    for list_id in sorted({list_id for one in policies for list_id in one.lists}):
        for one in policies:
            figures = one.lists.get(list_id)
            if figures is None:
                yield (list_id, one.name, "0", "0", *[NONE] * 5)
                continue
            prices = [_prices(currency, of_one) for currency, of_one in figures.prices.items()] or [(NONE, NONE, NONE)]
            forecast = NONE if figures.p_uptake is None else f"{share(figures.p_uptake)} of {figures.forecast:,}"
            yield list_id, one.name, f"{figures.spoke:,}", f"{figures.cards:,}", *prices[0], forecast, _silent(figures)
            for more in prices[1:]:
                yield "", "", "", "", *more, "", ""


def _prices(currency: str, of_one: Prices) -> tuple[str, str, str]:
    difference = NONE if of_one.difference is None else f"{of_one.difference:+,.2f} {currency}"
    saving = NONE if of_one.saving is None else f"{of_one.saving:,.2f} {currency}"
    return NONE if of_one.mean is None else f"{of_one.mean:,.2f} {currency}", difference, saving


def _silent(figures: ListFigures) -> str:
    said = [f"{rule} {count:,}" for rule, count in list(figures.silent.items())[:MOST_RULES]]
    return ", ".join([*said, "..."] if len(figures.silent) > MOST_RULES else said) or NONE


def _items(what: str, items: Mapping[str, int]) -> None:
    if items:
        said = ", ".join(f"{item} ({cards:,} cards)" for item, cards in list(items.items())[:MOST_ITEMS])
        more = f" and {len(items) - MOST_ITEMS:,} more, all in --json" if len(items) > MOST_ITEMS else ""
        typer.echo(f"{what}: {said}{more}.")


def _print_uptake(done: Compared, first: str) -> None:
    logged = done.logged
    if logged.missing is not None:
        typer.echo(f"No counterfactual uptake: {logged.missing}.")
        return
    typer.echo(f"Really shown: {logged.seen:,} cards were seen, {logged.taken:,} taken up, {interval(logged.observed)}.")
    if logged.unmatched:
        typer.echo(f"{logged.unmatched:,} more were seen on occasions that were not replayed, and count for nothing.")
    if logged.damaged:
        typer.echo(f"{logged.damaged:,} records or cards of tsuide.training.v1 cannot be used, and count for nothing.")
    figures = ("taken up, SNIPS", f"more than {first}", "per card seen, IPS")
    each = [(one.name, one.uptake) for one in done.policies if one.uptake is not None]
    print_table(("policy", *figures, "cards in common", "effective", "largest weight", "covered"), [_uptake(*one) for one in each])
    for name, told in each:
        if told.thin:
            typer.echo(f"{name}: no figure can be trusted: {'; '.join(told.thin)}.")
        if told.beyond:
            typer.echo(f"{name}: {told.beyond:,} of its cards stand where nothing was shown, and of them nothing is known.")
        if told.support.clipped:
            typer.echo(f"{name}: {told.support.clipped:,} weights were cut, so that its figures are drawn towards what was really shown.")


def _uptake(name: str, told: Uptake) -> tuple[str, ...]:
    of = told.support
    figures = (THIN, NONE, THIN) if told.thin else (interval(told.snips), interval(told.against), interval(told.ips))
    return (
        name,
        *figures,
        f"{of.weighted:,} of {of.seen:,} ({of.share:.0%})",
        f"{of.effective:,.0f}",
        f"{of.largest:.2f}",
        f"{of.covered:.0%}",
    )
