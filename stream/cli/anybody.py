"""Customers of a log: as live where the secret is known; else told apart, and known to nobody."""

from stream.engine.who import Pseudonymise, pseudonymiser
from stream.settings import Settings

anybody = pseudonymiser("log", b"customers of a log need only be told apart")


def who_of(here: Settings) -> Pseudonymise:
    """Return what turns a log's raw ids into customers: as live where the secret is known, else so that they are told apart."""
    return pseudonymiser(here.pseudonym_key_id, here.secret()) if here.pseudonym_secret else anybody
