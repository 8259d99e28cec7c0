"""Whoever reaches Kafka does it the one way that knows TLS and users."""

import ast

from tests.repo.sources import PRODUCT, modules, tree_of

OF_FAUST = {"stream/transport/assignment.py"}  # is given its security by Faust's own settings
CLIENTS = {"AIOKafkaConsumer", "AIOKafkaProducer", "AIOKafkaAdminClient"}


def clients(tree: ast.Module) -> list[ast.Call]:
    return [one for one in ast.walk(tree) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in CLIENTS]


def knows_security(call: ast.Call) -> bool:
    """Tell whether it is made of `**arguments(...)`, and names no address beside."""
    spread = [one.value for one in call.keywords if one.arg is None]
    given = any(isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "arguments" for one in spread)
    return given and not any(one.arg == "bootstrap_servers" for one in call.keywords)


def test_every_client_of_kafka_is_made_with_the_security_that_is_set() -> None:
    found = {f"{path}:{call.lineno}": knows_security(call) for path in modules(*PRODUCT) for call in clients(tree_of(path))}
    assert len(found) > 8
    assert [place for place, secure in found.items() if not secure and place.partition(":")[0] not in OF_FAUST] == []
