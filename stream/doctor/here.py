"""The process itself: Python, libraries, settings, policy."""

import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from online_models import native
from online_models.policy.errors import PolicyError
from online_models.policy.policy import Policy
from stream.doctor.finding import Finding
from stream.errors import SettingsError
from stream.settings import Settings

PYTHON = (3, 11)
LIBRARIES = {  # the oldest that is known to work; as in pyproject.toml
    "faust-streaming": (0, 15, 3),
    "aiokafka": (0, 14),
    "redis": (8, 0, 1),
    "river": (0, 26, 1),
    "numpy": (2,),
    "msgspec": (0, 22),
    "orjson": (3, 11),
}


def look_here(settings: Settings) -> Iterator[Finding]:
    """Yield what is found without asking anybody."""
    yield python(sys.version_info[:3])
    for name, least in LIBRARIES.items():
        yield library(name, least)
    yield loops(native.COMPILED)
    yield Finding("settings", "ok", "all variables are known and within range")
    yield secret(settings)
    yield policy(settings)


def python(found: tuple[int, int, int]) -> Finding:
    """Judge the interpreter's version."""
    shown = ".".join(map(str, found))
    if found < PYTHON:
        return Finding("python", "fail", shown, "Use Python 3.11 or newer.")
    return Finding("python", "ok", shown)


def loops(compiled: bool) -> Finding:
    """Judge whether the loops of ranking are compiled."""
    if compiled:
        return Finding("ranking", "ok", "its loops are compiled")
    cure = "Install a C compiler and Python's headers (Debian, Ubuntu: gcc python3-dev), then install tsuide again."
    return Finding("ranking", "warn", "its loops are not compiled: a suggestion takes half as much CPU again", cure)


def library(name: str, least: tuple[int, ...]) -> Finding:
    """Judge the installed version of a library."""
    cure = f"Install {name} {'.'.join(map(str, least))} or newer: `make install`."
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(f"library {name}", "fail", "not installed", cure)
    numbers = tuple(int(part) for part in found.split(".") if part.isdigit())
    return Finding(f"library {name}", "ok" if numbers >= least else "fail", found, "" if numbers >= least else cure)


def secret(settings: Settings) -> Finding:
    """Judge whether a worker could make pseudonyms."""
    try:
        settings.secret()
    except SettingsError as fault:
        return Finding("secret", "fail", "not set", str(fault))
    return Finding("secret", "ok", f"set, key id {settings.pseudonym_key_id}")


def policy(settings: Settings) -> Finding:
    """Judge the policy file."""
    try:
        return Finding("policy", "ok", f"{settings.policy}, version {Policy.read(settings.policy).version}")
    except PolicyError as fault:
        return Finding("policy", "fail", "not valid", str(fault))
