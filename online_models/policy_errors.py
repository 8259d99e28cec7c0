"""What can be wrong with a policy file, said so that it can be put right."""

import re
from difflib import get_close_matches
from typing import Any

from msgspec import ValidationError
from msgspec.structs import fields

_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `(?P<place>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")


class PolicyError(Exception):
    """The policy cannot be used as it stands; the message names the file, the key and what to do."""

    retriable = False


def explain(error: ValidationError, policy: type) -> str:
    """Return `key: what is wrong; what to do` for an error of decoding a `policy` from TOML."""
    said = _PLACE.match(str(error))
    what, place = (said["what"], said["place"] or "$") if said else (str(error), "$")
    keys = [key for key in place.removeprefix("$").split(".") if key]
    unknown = _UNKNOWN.search(what)
    if unknown is None:
        return f"{'.'.join(keys)}: {what[:1].lower()}{what[1:]}; correct the value or take the key out"
    known = _keys_at(policy, keys)
    near = get_close_matches(unknown["name"], known, n=1, cutoff=0.5)
    cure = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
    return f"{'.'.join([*keys, unknown['name']])}: no such key; {cure}"


def _keys_at(policy: type, keys: list[str]) -> list[str]:
    kind: Any = policy
    for key in keys:
        kind = next(field.type for field in fields(kind) if field.name == key)
    return [field.name for field in fields(kind) if field.name != "version"]
