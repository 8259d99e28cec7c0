"""Where Kafka is and how to speak to it, as aiokafka wants to be told."""

from typing import Any, Literal

from msgspec import Struct

from stream.connection.tls import Tls
from stream.secret import Secret

Protocol = Literal["PLAINTEXT", "SSL", "SASL_SSL", "SASL_PLAINTEXT"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


class Kafka(Struct, frozen=True):
    """The brokers (host:port, separated by commas), the protocol, and what it needs: a user with SASL, certificates with SSL.

    `suffix`: what every topic's name ends in on the broker, beyond its plain name.
    """

    servers: str
    protocol: Protocol = "PLAINTEXT"
    mechanism: Mechanism = "SCRAM-SHA-512"
    username: str = ""
    password: Secret | None = None
    tls: Tls = Tls()
    suffix: str = ""

    def __str__(self) -> str:
        return self.servers

    @property
    def has_tls(self) -> bool:
        """Whether all that is said is encrypted."""
        return self.protocol.endswith("SSL")

    @property
    def has_user(self) -> bool:
        """Whether a user signs in."""
        return self.protocol.startswith("SASL")

    @property
    def security(self) -> str:
        """Say which security is in use, without any secret."""
        signs = f"user {self.username} by {self.mechanism}" if self.has_user else ""
        shows = f"shows {self.tls.certificate}" if self.tls.certificate else ""
        trusts = f"trusts {self.tls.authorities or 'what the system trusts'}" if self.has_tls else "not encrypted"
        return ", ".join(filter(None, (self.protocol, signs, trusts, shows)))


Broker = Kafka | str  # the address alone is a broker without security


def arguments(at: Broker) -> dict[str, Any]:
    """Return what aiokafka's consumers, producers and admin clients need to reach these brokers.

    Certificates are read anew at each call, so that a renewed one is used from the next connection on. Raises SettingsError.
    """
    if isinstance(at, str):
        return {"bootstrap_servers": at}
    found: dict[str, Any] = {"bootstrap_servers": at.servers, "security_protocol": at.protocol}
    if at.has_tls:
        found["ssl_context"] = at.tls.context()
    if at.has_user and at.password is not None:
        password = at.password.reveal().decode()
        found |= {"sasl_mechanism": at.mechanism, "sasl_plain_username": at.username, "sasl_plain_password": password}
    return found


def suffix_of(at: Broker) -> str:
    """Return what the names of topics end in on these brokers."""
    return "" if isinstance(at, str) else at.suffix
