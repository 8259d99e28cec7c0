"""How a reset is shown: what it does to each partition, and one line of JSON for programs."""

from typing import Any

from rich.text import Text

from stream.cli.terminal import console, print_table
from stream.offsets.plan import Plan, Step

COLUMNS = ("topic", "p", "committed", "watermark", "log", "to", "what happens")


def show(plan: Plan, *, members: int, executed: bool) -> None:
    """Print the plan, and what is to be known before it is carried out."""
    print_table(COLUMNS, [_row(step, fresh=plan.fresh) for step in plan.steps])
    for line in (*plan.notes, summary(plan, members=members, executed=executed)):
        console().print(Text(line))


def summary(plan: Plan, *, members: int, executed: bool) -> str:
    """Return the whole in one line."""
    skipped = sum(step.records for step in plan.steps if step.records > 0)
    again = -sum(step.records for step in plan.steps if step.records < 0)
    numbers = ", ".join(map(str, plan.numbers))
    forgotten = f" Profiles of partition {numbers} begin anew, opt-outs stay." if plan.fresh else ""
    what = f"Group {plan.group}: {skipped:,} records skipped, {again:,} worked again.{forgotten}"
    if executed:
        return f"{what} Done: start the workers."
    first = f" End the workers first (members: {members})." if members else ""
    return f"{what} A plan: nothing was written.{first}" + ("" if plan.obstacles else " Run it with --execute to do it.")


def as_json(plan: Plan, *, members: int, executed: bool) -> dict[str, Any]:
    """Return a reset as it is printed for programs."""
    return {
        "group": plan.group,
        "fresh": plan.fresh,
        "executed": executed,
        "members": members,
        "obstacles": plan.obstacles,
        "notes": plan.notes,
        "partitions": plan.steps,
    }


def _row(step: Step, *, fresh: bool) -> tuple[object, ...]:
    committed, watermark = ("-" if offset is None else offset for offset in (step.committed, step.watermark))
    return step.topic, step.partition, committed, watermark, f"{step.log_start}..{step.end}", step.target, _happens(step, fresh=fresh)


def _happens(step: Step, *, fresh: bool) -> Text:
    if step.records > 0:
        return Text(f"{step.records:,} skipped", style="yellow")
    if step.records < 0:
        return Text(f"{-step.records:,} {'counted anew' if fresh else 'counted twice'}", style="yellow" if fresh else "red")
    return Text("stays", style="green")
