from pathlib import Path

import pytest

from stream.connection.kafka import arguments
from stream.errors import SettingsError
from stream.secret import Secret
from stream.settings import Settings, is_setting, meaning_of, variable_of, without_password

SECRET_FILE = "TSUIDE_PSEUDONYM_SECRET_FILE"
SECRET = "0123456789abcdef"


def test_without_any_variable_the_defaults_hold_and_there_is_no_secret() -> None:
    settings = Settings.of({})
    assert (settings.kafka_bootstrap_servers, settings.redis_url) == ("127.0.0.1:9092", "redis://127.0.0.1:6379/0")
    assert (settings.group, settings.prefix, settings.partitions, settings.pseudonym_key_id) == ("tsuide", "tsuide", 12, "k1")
    with pytest.raises(SettingsError, match=r"TSUIDE_PSEUDONYM_SECRET or TSUIDE_PSEUDONYM_SECRET_FILE"):
        settings.secret()


def test_the_shipped_policy_is_the_default() -> None:
    assert Settings.of({}).policy.is_file()


def test_variables_are_read_by_their_type_and_empty_ones_count_as_not_set() -> None:
    settings = Settings.of(
        {"TSUIDE_PARTITIONS": "3", "TSUIDE_HEARTBEAT_S": "2", "TSUIDE_GROUP": "", "TSUIDE_LOG_LEVEL": "WARNING", "HOME": "/"}
    )
    assert (settings.partitions, settings.heartbeat_s, settings.group, settings.log_level) == (3, 2.0, "tsuide", "warning")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("TSUIDE_PARTITIONS", "twelve", "must be a whole number from 1 to 10000"),
        ("TSUIDE_PARTITIONS", "0", "must be a whole number from 1 to 10000"),
        ("TSUIDE_PARTITIONS", "1.5", "must be a whole number from 1 to 10000"),
        ("TSUIDE_STALL_S", "nan", "must be a number from 1 to 86400"),
        ("TSUIDE_STALL_S", "inf", "must be a number from 1 to 86400"),
        ("TSUIDE_LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("TSUIDE_GROUP", "two words", "must be such as 'tsuide'"),
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka", "must be such as '10.0.0.5:9092,10.0.0.6:9092'"),
        ("REDIS_URL", "http://h", "must be such as 'redis://127.0.0.1:6379/0'"),
        ("TSUIDE_HEARTBEAT_S", "4", "set it to 2.67 or less"),  # a third of the 8 s after which a worker counts as gone
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_variable_and_what_to_give(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({name: value})
    assert str(refused.value).startswith(name)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_variable_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError, match="TSUIDE_PARTITONS is not a setting: did you mean TSUIDE_PARTITIONS"):
        Settings.of({"TSUIDE_PARTITONS": "3"})


def test_a_cluster_and_a_socket_are_redis_urls_too() -> None:
    for url in ("redis+cluster://h:1", "rediss://h:1/0", "unix:///run/redis.sock"):
        assert Settings.of({"REDIS_URL": url}).redis_url == url


def test_the_secret_comes_from_a_variable_or_a_file_but_not_from_both(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert Settings.of({"TSUIDE_PSEUDONYM_SECRET": SECRET}).secret() == SECRET.encode()
    assert Settings.of({SECRET_FILE: str(file)}).secret() == SECRET.encode()
    with pytest.raises(SettingsError, match="take one of them away"):
        Settings.of({"TSUIDE_PSEUDONYM_SECRET": SECRET, SECRET_FILE: str(file)})


def test_a_short_secret_is_refused_without_being_shown() -> None:
    with pytest.raises(SettingsError, match="has 6 characters: use at least 16") as refused:
        Settings.of({"TSUIDE_PSEUDONYM_SECRET": "s3cret"})
    assert "s3cret" not in str(refused.value)


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=rf"{SECRET_FILE} cannot be read: .*{tmp_path.name}"):
        Settings.of({SECRET_FILE: str(tmp_path / "none")})


def test_printing_shows_neither_secret_nor_password() -> None:
    settings = Settings.of({"TSUIDE_PSEUDONYM_SECRET": SECRET, "REDIS_URL": "redis://me:pa55@h:1/0"})
    shown = f"{settings!r} {settings} {list(settings.shown())} {settings.__rich_repr__()} {Secret(SECRET)}"
    assert SECRET not in shown
    assert "pa55" not in shown
    assert "redis://me:***@h:1/0" in shown


def test_a_refused_url_does_not_show_its_password() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of({"REDIS_URL": "http://me:pa55@h"})
    assert "pa55" not in str(refused.value)


def test_a_password_among_a_urls_options_is_not_shown_either() -> None:
    assert without_password("unix:///run/redis.sock?password=pa55&db=1") == "unix:///run/redis.sock?password=***&db=1"


def test_every_setting_has_a_meaning_of_one_line_and_a_variable_of_its_own() -> None:
    fields = Settings.__struct_fields__
    assert all(meaning_of(field) and "\n" not in meaning_of(field) for field in fields)
    assert len({variable_of(field) for field in fields}) == len(fields)
    assert variable_of("redis_url") == "REDIS_URL"
    assert variable_of("stall_s") == "TSUIDE_STALL_S"


def test_secrets_are_equal_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1


SIGNED_IN = {"KAFKA_SECURITY_PROTOCOL": "sasl_ssl", "KAFKA_SASL_USERNAME": "me", "KAFKA_SASL_PASSWORD": "pa55"}


def test_a_password_of_kafka_or_redis_may_be_short_and_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("pa55\n")
    of_kafka = {"KAFKA_SASL_PASSWORD_FILE": str(file), "KAFKA_SASL_PASSWORD": ""}
    settings = Settings.of(SIGNED_IN | of_kafka | {"REDIS_PASSWORD_FILE": str(file)})
    assert settings.kafka.password == Secret("pa55")
    assert settings.redis.options == {"password": "pa55"}
    assert "pa55" not in f"{settings!r} {settings.kafka!r} {settings.redis!r} {settings.kafka.security}"


def test_an_empty_password_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.touch()
    with pytest.raises(SettingsError, match="REDIS_PASSWORD_FILE is empty"):
        Settings.of({"REDIS_PASSWORD_FILE": str(file)})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "must be one of PLAINTEXT, SSL, SASL_SSL, SASL_PLAINTEXT"),
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "set KAFKA_SASL_USERNAME, and KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE"),
        ({"KAFKA_SASL_USERNAME": "me"}, "KAFKA_SECURITY_PROTOCOL is PLAINTEXT: set it to SASL_SSL"),
        ({"KAFKA_SSL_CA_FILE": __file__}, "KAFKA_SECURITY_PROTOCOL is PLAINTEXT: set it to SSL or SASL_SSL"),
        (SIGNED_IN | {"KAFKA_SSL_CA_FILE": "/nowhere/ca.pem"}, "KAFKA_SSL_CA_FILE cannot be read"),
        (SIGNED_IN | {"KAFKA_SSL_CERT_FILE": __file__}, "set both KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE"),
        ({"REDIS_SSL_CA_FILE": __file__}, "REDIS_URL begins with redis: write rediss://"),
        ({"REDIS_USERNAME": "me"}, "set REDIS_PASSWORD or REDIS_PASSWORD_FILE"),
        ({"REDIS_URL": "redis://:pa55@h:1/0", "REDIS_PASSWORD": "pa55"}, "take one of them away"),
    ],
)
def test_settings_of_a_connection_that_contradict_each_other_are_refused_with_a_cure(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.of(given)
    assert says in str(refused.value)
    assert "pa55" not in str(refused.value)


def test_without_security_the_clients_are_told_the_address_alone() -> None:
    assert arguments("h:1") == {"bootstrap_servers": "h:1"}
    assert arguments(Settings.of({}).kafka) == {"bootstrap_servers": "127.0.0.1:9092", "security_protocol": "PLAINTEXT"}


def test_a_user_is_told_to_the_clients_as_they_want_it() -> None:
    told = arguments(Settings.of(SIGNED_IN | {"KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT"}).kafka)
    assert told == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "me",
        "sasl_plain_password": "pa55",
    }


def test_a_variable_of_a_connection_is_a_setting_and_that_of_another_tool_is_not() -> None:
    names = ["TSUIDE_X", "KAFKA_SASL_PASSWORD_FILE", "REDIS_URL", "KAFKA_SSL_CA_FILE", "KAFKA_HEAP_OPTS", "REDIS_PORT"]
    assert [name for name in names if is_setting(name)] == names[:4]
