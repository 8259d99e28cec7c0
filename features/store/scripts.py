"""The Lua scripts of the Redis keeper, as text and by name."""

from hashlib import sha1
from importlib.resources import files
from typing import Self

from msgspec import Struct


class Script(Struct, frozen=True):
    """One script; `sha` is the name that Redis knows it by once it has run."""

    text: bytes
    sha: str

    @classmethod
    def of(cls, *names: str) -> Self:
        """Return the files of these names in this folder as one script."""
        text = b"\n".join((files("features.store") / f"{name}.lua").read_bytes() for name in names)
        return cls(text, sha1(text, usedforsecurity=False).hexdigest())


class Scripts(Struct, frozen=True):
    """All of them, read from the package when a store is made."""

    read: Script
    commit: Script
    outbox: Script
    clear: Script
    crash: Script
    forget: Script

    @classmethod
    def load(cls) -> Self:
        """Read the files."""
        return cls(
            read=Script.of("read"),
            commit=Script.of("fence", "commit"),
            outbox=Script.of("outbox"),
            clear=Script.of("fence", "clear"),
            crash=Script.of("crash"),
            forget=Script.of("fence", "forget"),
        )
