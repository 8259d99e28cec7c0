"""The settings that say where Kafka and Redis are and how to speak to them; their names are those that other tools use too."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Meta, Struct

from features.store.address import RedisAddress
from stream.connection.kafka import Kafka, Mechanism, Protocol
from stream.connection.tls import Tls
from stream.errors import SettingsError
from stream.secret import Secret

File = Path | None
PASSWORDS = {"kafka_sasl_password": "Kafka", "redis_password": "Redis"}  # field -> whose; given by others, so of any length


class Connections(Struct, frozen=True, kw_only=True):
    """The part of the settings that every process needs to reach Kafka and Redis."""

    kafka_bootstrap_servers: Annotated[
        str,
        Meta(
            pattern=r"^[^\s,:]+:\d+(,[^\s,:]+:\d+)*\Z",
            examples=["10.0.0.5:9092,10.0.0.6:9092"],
            description="Kafka brokers, host:port, separated by commas",
        ),
    ] = "127.0.0.1:9092"
    kafka_security_protocol: Annotated[Protocol, Meta(description="PLAINTEXT, SSL (that is TLS), SASL_SSL or SASL_PLAINTEXT")] = "PLAINTEXT"
    kafka_sasl_mechanism: Annotated[Mechanism, Meta(description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, where the protocol has SASL")] = (
        "SCRAM-SHA-512"
    )
    kafka_sasl_username: Annotated[str, Meta(description="user of Kafka, where the protocol has SASL")] = ""
    kafka_sasl_password: Annotated[Secret | None, Meta(description="its password; or its file in `KAFKA_SASL_PASSWORD_FILE`")] = None
    kafka_ssl_ca_file: Annotated[
        File, Meta(description="PEM file of the authorities that sign the brokers' certificates; none: those that the system trusts")
    ] = None
    kafka_ssl_cert_file: Annotated[
        File, Meta(description="PEM file of the certificate that is shown to the brokers, where they ask for one")
    ] = None
    kafka_ssl_key_file: Annotated[File, Meta(description="PEM file of that certificate's key, without a password")] = None
    redis_url: Annotated[
        str,
        Meta(
            pattern=r"^(redis|rediss|unix)(\+cluster)?://",
            examples=["redis://127.0.0.1:6379/0"],
            description="Redis that holds the profiles; `rediss://` is TLS",
        ),
    ] = "redis://127.0.0.1:6379/0"
    redis_username: Annotated[str, Meta(description="user of Redis (ACL), where it is not in the url")] = ""
    redis_password: Annotated[Secret | None, Meta(description="its password; or its file in `REDIS_PASSWORD_FILE`")] = None
    redis_ssl_ca_file: Annotated[
        File, Meta(description="PEM file of the authorities that sign Redis's certificate; none: those that the system trusts")
    ] = None
    redis_ssl_cert_file: Annotated[File, Meta(description="PEM file of the certificate that is shown to Redis, where it asks for one")] = (
        None
    )
    redis_ssl_key_file: Annotated[File, Meta(description="PEM file of that certificate's key, without a password")] = None

    @property
    def kafka(self) -> Kafka:
        """Return where Kafka is and how to speak to it."""
        return Kafka(
            self.kafka_bootstrap_servers,
            self.kafka_security_protocol,
            mechanism=self.kafka_sasl_mechanism,
            username=self.kafka_sasl_username,
            password=self.kafka_sasl_password,
            tls=Tls(self.kafka_ssl_ca_file, self.kafka_ssl_cert_file, self.kafka_ssl_key_file),
        )

    @property
    def redis(self) -> RedisAddress:
        """Return where Redis is and how to speak to it."""
        given: dict[str, Any] = {
            "username": self.redis_username,
            "password": self.redis_password and self.redis_password.reveal().decode(),
            "ssl_ca_certs": self.redis_ssl_ca_file and str(self.redis_ssl_ca_file),
            "ssl_certfile": self.redis_ssl_cert_file and str(self.redis_ssl_cert_file),
            "ssl_keyfile": self.redis_ssl_key_file and str(self.redis_ssl_key_file),
        }
        return RedisAddress(self.redis_url, {name: value for name, value in given.items() if value})


def check(given: Connections) -> None:
    """Raise SettingsError, with a cure, where settings contradict each other or a file cannot be read."""
    for fault in _faults(given):
        raise SettingsError(fault)


def _faults(given: Connections) -> Iterator[str]:
    protocol, url = given.kafka_security_protocol, urlsplit(given.redis_url)
    named = [name for name in given.__struct_fields__ if getattr(given, name) not in (None, "")]
    if protocol.startswith("SASL") and not (given.kafka_sasl_username and given.kafka_sasl_password):
        yield f"KAFKA_SECURITY_PROTOCOL is {protocol}: set KAFKA_SASL_USERNAME, and KAFKA_SASL_PASSWORD or KAFKA_SASL_PASSWORD_FILE."
    if not protocol.startswith("SASL") and {"kafka_sasl_username", "kafka_sasl_password"} & set(named):
        yield f"A user or password of Kafka is set, but KAFKA_SECURITY_PROTOCOL is {protocol}: set it to SASL_SSL, or take them away."
    for name in named:
        if name.startswith("kafka_ssl") and not protocol.endswith("SSL"):
            yield f"{name.upper()} is set, but KAFKA_SECURITY_PROTOCOL is {protocol}: set it to SSL or SASL_SSL, or take it away."
        if name.startswith("redis_ssl") and not url.scheme.startswith("rediss"):
            yield f"{name.upper()} is set, but REDIS_URL begins with {url.scheme}: write rediss://, or take it away."
    for server in ("kafka", "redis"):
        if len({f"{server}_ssl_cert_file", f"{server}_ssl_key_file"} & set(named)) == 1:
            ours = f"{server.upper()}_SSL"
            yield f"A certificate is shown with its key: set both {ours}_CERT_FILE and {ours}_KEY_FILE, or neither."
    if given.redis_username and not given.redis_password:
        yield "REDIS_USERNAME is set without a password: set REDIS_PASSWORD or REDIS_PASSWORD_FILE."
    if given.redis_password and (url.password or "password" in parse_qs(url.query)):
        yield "REDIS_URL has a password, and REDIS_PASSWORD or REDIS_PASSWORD_FILE is set too: take one of them away."
    for name in (name for name in named if name.endswith("_file")):
        yield from _unreadable(name.upper(), getattr(given, name))


def _unreadable(variable: str, file: Path) -> Iterator[str]:
    try:
        file.read_bytes()
    except OSError as fault:
        yield f"{variable} cannot be read: {fault}. Give the path of a readable PEM file."
