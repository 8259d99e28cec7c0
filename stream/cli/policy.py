"""`tsuide policy`: the shop's rules, checked before they are used."""

from pathlib import Path
from typing import Annotated

import typer

from stream.exits import OK

app = typer.Typer(help="Check the file that says when to speak.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check the file that says when to speak."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A policy file, as deploy/policy.toml is one.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> int:
    """Read a policy file and the texts that it names, and show the version; what is wrong is named with its line, its key and the cure.

    Example: tsuide policy check deploy/policy.toml

    Exit codes: 0 valid, 1 not valid, 2 wrong use.
    """
    from msgspec import to_builtins

    from online_models.policy.policy import Policy
    from stream.cli.terminal import print_json

    policy = Policy.read(file)
    languages = policy.texts.languages.values()
    borrowed = {words.locale: words.borrowed for words in languages if words.borrowed}
    if as_json:
        rules = {key: value for key, value in to_builtins(policy).items() if key != "texts"}
        print_json({"version": policy.version, "policy": rules, "languages": [words.locale for words in languages], "in_english": borrowed})
    else:
        spoken = ", ".join(words.locale for words in languages)
        typer.echo(f"{file} is valid: version {policy.version}, lists {', '.join(policy.order)}, texts in {spoken}.")
        for locale, missing in borrowed.items():
            typer.echo(f"{locale} lacks {len(missing)} texts, which are said in English: {', '.join(missing)}")
    return OK
