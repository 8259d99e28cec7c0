"""What a deployment tells its processes, read as they would read it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import typer
import yaml

from stream.cli.app import app
from stream.settings import Settings, is_setting

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "deploy/compose.yaml"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECRET = "a secret of a deployment, long enough"
OPERATIONS = 9464


def compose() -> dict[str, Any]:
    """Return compose.yaml with its anchors resolved."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return found


def ours(services: Mapping[str, Any]) -> dict[str, Any]:
    """Return the services that run our image."""
    return {name: one for name, one in services.items() if one["image"].startswith("tsuide:")}


def image_variables() -> dict[str, str]:
    """Return what the image itself sets."""
    [block] = re.findall(r"^ENV PATH=(.*?)\nUSER", DOCKERFILE, re.DOTALL | re.MULTILINE)
    return dict(re.findall(r"(\w+)=(\S+)", f"PATH={block}"))


def settings_of(variables: Mapping[str, Any], files: Mapping[str, Path]) -> Settings:
    """Return what a container reads, where `files` are those mounted into it: path inside -> path here.

    Raises SettingsError for what it would refuse, and KeyError for a file that is not mounted.
    """
    told = image_variables() | {name: str(value) for name, value in variables.items()}
    return Settings.of(
        {name: str(files[value]) if value.startswith("/run/") else value for name, value in told.items() if is_setting(name)}
    )


def strangers(variables: Mapping[str, Any]) -> list[str]:
    """Return the variables of one of our containers that are no settings: nobody would read them."""
    return [name for name in variables if not is_setting(name)]


def parse(arguments: Sequence[str]) -> str:
    """Return the full name of the command that these arguments call. Raises click's UsageError where they do not."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("tsuide", list(arguments))
    while isinstance(command, click.Group) or hasattr(command, "resolve_command"):
        rest = [*getattr(context, "_protected_args", []), *context.args]
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)
    return str(context.command_path)
