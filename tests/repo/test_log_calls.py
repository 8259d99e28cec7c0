"""What is logged can be searched for: an event that stays the same, fields beside it, addresses as fields, and nobody's name."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.repo.sources import PRODUCT, modules, tree_of

LOGGERS = {"log", "logger", "access"}
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}
EVENT = re.compile(r"[a-z][a-z ]{3,40}")  # no place for a value, and no end of a sentence
ADDRESS = {"topic", "partition", "offset"}
TAKEN = {"time", "level", "event", "exception"}  # what every line has already
SOMEBODY = {"customer", "user_id", "client_id", "session_id", "session", "token", "key", "secret", "password", "url_with_password"}
# Those that print lines, that hush somebody else's, or that keep a file of their own.
MAY_USE_LOGGING = {
    "stream/telling/logger.py",
    "stream/telling/lines.py",
    "stream/cli/logs.py",
    "stream/cli/ending.py",
    "stream/gateway/guard.py",
    "stream/demo/start.py",
}


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if name in LOGGERS:
                yield node


def wrong(call: ast.Call) -> list[str]:
    """Return what is wrong with one call."""
    found = []
    names = {one.arg for one in call.keywords if one.arg is not None}
    match call.args:
        case [ast.Constant(value=str(event))] if EVENT.fullmatch(event):
            pass
        case _:
            found.append("its event is to be one short text in small letters that never changes; values are fields")
    if names & (ADDRESS - {"topic"}) or any(isinstance(one, ast.Attribute) and one.attr == "address" for one in ast.walk(call)):
        found.append("an address is to be given whole, as **at(record)")
    if names & TAKEN:
        found.append(f"{sorted(names & TAKEN)} is what every line has already")
    if names & SOMEBODY:
        found.append(f"{sorted(names & SOMEBODY)} is somebody's, and nobody else's business")
    return found


def test_every_log_call_has_a_constant_event_and_fields() -> None:
    found = {f"{path}:{call.lineno}": wrong(call) for path in modules(*PRODUCT) for call in calls(tree_of(path))}
    assert len(found) > 20
    assert {place: what for place, what in found.items() if what} == {}


def test_there_is_one_way_to_log() -> None:
    importing = {
        path
        for path in modules(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom) and any(alias.name == "logging" for alias in node.names)
    }
    assert importing - MAY_USE_LOGGING == set(), "use stream.telling.logger.logger_of"


@pytest.mark.parametrize(
    "call",
    [
        "log.info(f'policy {version}')",
        "log.info('policy %s', version)",
        "log.info('policy in use.')",
        "log.info(event)",
        "self.log.info('policy in use', version, more)",
        "log.info('record passed over', address=record.address)",
        "log.info('record passed over', offset=7)",
        "log.info('record passed over', error=f'{record.address}: bad')",
        "log.info('policy in use', time=1)",
        "log.info('answered', customer=who)",
    ],
)
def test_a_call_against_the_rule_would_be_found(call: str) -> None:
    [found] = calls(ast.parse(call))
    assert wrong(found)


def test_a_call_by_the_rule_passes() -> None:
    [found] = calls(ast.parse("log.warning('record passed over', **at(record), error=str(fault))"))
    assert wrong(found) == []
