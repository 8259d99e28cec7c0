"""`tsuide audit`: whether what was published comes out again from the features, weights and policy that it names."""

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.choices import From, To
from stream.exits import FAILED, OK, PARTLY

DAY_MS = 86_400_000


def audit(
    log: Annotated[
        Path | None, typer.Argument(help="An archive: a file (plain, .gz or .zst) or a folder of them. Without it: what Kafka has.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="The policy file of that time. Else TSUIDE_POLICY.")] = None,
    from_: From = None,
    to: To = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Derive published suggestions once more, and name every score, order, probability and card that comes out otherwise.

    Held against each other: the cards and the features that were kept of them; the weights of the model that the suggestion names; where
    the policy file is of the version that it names, its rules; and of a sample (`[audit] share` in the policy) all candidates of every
    ranking, whose scores must come out to 1e-9 and in the same order. Changes nothing.

    An archive needs the topics shop.suggestions.v1, tsuide.training.v1 and tsuide.models.v1 (`tsuide export --topic ...`). Kafka keeps
    suggestions for a day: without --from the last day is audited; a day of steady learning is gigabytes of models.

    Example: tsuide audit yesterday.jsonl.zst --policy policy.toml

    Exit codes: 0 all agree, 1 there is nothing to audit, or a file cannot be read, 2 wrong use or setting, 3 something differs,
    4 Kafka is away.
    """
    import time

    from online_models.policy.policy import Policy
    from stream.audit.run import audit as audit_past
    from stream.cli.ending import complain, once
    from stream.cli.kept import kept
    from stream.cli.moments import moment_ms
    from stream.cli.setting import settings
    from stream.cli.shown.audit import print_audited
    from stream.cli.terminal import print_json

    here = settings()
    rules = Policy.read(policy or here.policy)
    from_ms, to_ms = moment_ms(from_, "--from"), moment_ms(to, "--to")
    if from_ms is None and log is None:
        from_ms = time.time_ns() // 1_000_000 - DAY_MS
    with kept(log, here) as past:
        done = once(audit_past(past, rules, from_ms=from_ms, to_ms=to_ms))
    if as_json:
        print_json(done)
    else:
        print_audited(done, rules.version)
    if done.found:
        return PARTLY
    if not done.audited and not done.sampled:
        complain("Nothing could be audited: see what was missing; `tsuide export --topic` takes the topics out together.")
        return FAILED
    return OK
