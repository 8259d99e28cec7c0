"""Asking a process of this machine how it is, as a probe does: the address is the one that it was told to answer at."""

import http.client
import json
from typing import Literal

from msgspec import Struct

from stream.errors import SettingsError

Question = Literal["live", "ready"]
ANYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # listens everywhere -> where it can be asked
ASK_S = 5.0


class Told(Struct, frozen=True):
    """What a process said: whether it is well, in which words, and why."""

    well: bool
    status: str
    reasons: list[str] = []


def reachable(ops_listen: str) -> str | None:
    """Return host:port where a process of this machine that listens there can be asked; None: it does not, or left the port to chance."""
    host, _, port = ops_listen.rpartition(":")
    return f"{ANYWHERE.get(host, host)}:{port}" if host and port != "0" else None


def ask(ops_listen: str, question: Question) -> Told:
    """Ask the process that answers at host:port. Nobody there, or no answer within five seconds, is not well.

    Raises:
        SettingsError: the address is not set, or leaves the port to chance.
    """
    address = reachable(ops_listen)
    if address is None:
        raise SettingsError("TSUIDE_OPS_LISTEN says where to ask: set it to the address that the process has, with a port that is not 0.")
    connection = http.client.HTTPConnection(address, timeout=ASK_S)
    try:
        connection.request("GET", f"/health/{question}")
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return Told(answer.status == http.client.OK, said["status"], said.get("reasons", []))
    except (OSError, http.client.HTTPException, ValueError, KeyError) as fault:
        return Told(False, "no answer", [f"nobody answers as tsuide does at {ops_listen}: {fault or type(fault).__name__}"])
    finally:
        connection.close()
