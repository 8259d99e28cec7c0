"""`tsuide why`: how one suggestion came about."""

from pathlib import Path
from typing import Annotated

import typer

from stream.exits import OK, PARTLY


def why(
    suggestion_id: Annotated[str, typer.Argument(metavar="SUGGESTION_ID", help="topic:partition:offset of the event that caused it.")],
    log: Annotated[
        Path | None, typer.Argument(help="An archive: a file (plain, .gz or .zst) or a folder of them. Without it: what Kafka has.")
    ] = None,
    catalog: Annotated[Path | None, typer.Option(help="Take the catalogue from this file, beside what the log holds of it.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The policy file of that time. Else TSUIDE_POLICY.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Show what led to a suggestion: the customer's events, the candidates with their sources, and every feature of the shown items.

    The moment is rebuilt from the log: the customer's profile, the shared memory, the catalogue, and the weights of the model that the
    suggestion names; then the event is answered once more by the worker's own code. With what the policy took out and why, and which rule
    kept the other lists silent. Where the answer is not what was published, that is told, with what could not be rebuilt. Changes nothing.

    An archive needs the input topics; shop.suggestions.v1 and tsuide.models.v1 to compare with; tsuide.memory.v1 where the inputs do not
    reach back to the beginning (`tsuide export --topic ...`). Without suggestions in it, it is told what a replay would answer.

    Example: tsuide why shop.cart.v1:3:4711 yesterday.jsonl.zst --policy policy.toml

    Exit codes: 0 rebuilt as it was, 3 rebuilt otherwise than it was published, 1 it was never published, its model or event is gone, its
    customer has opted out or was forgotten, or a file cannot be read, 2 wrong use or setting, 4 Kafka is away.
    """
    from online_models.policy.policy import Policy
    from stream.cli.anybody import who_of
    from stream.cli.ending import once
    from stream.cli.goods import take_goods
    from stream.cli.kept import kept
    from stream.cli.setting import settings
    from stream.cli.shown.why import print_explained
    from stream.cli.terminal import print_json
    from stream.engine.knowledge import Knowledge
    from stream.why.run import explain

    here = settings()
    know = Knowledge(Policy.read(policy or here.policy))
    if catalog is not None:
        take_goods(catalog, know.catalog)
    with kept(log, here) as past:
        found = once(explain(past, suggestion_id, know, pseudonymise=who_of(here), partitions=here.partitions))
    if as_json:
        print_json(found)
    else:
        print_explained(found, know.catalog)
    return PARTLY if found.differences else OK
