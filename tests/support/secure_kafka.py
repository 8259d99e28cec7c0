"""A real Kafka that encrypts, asks who is there (SCRAM), and lets each user do only what it was given."""

import os
import subprocess
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.support.certificates import Authority
from tests.support.kafka_broker import ANSWER_S, JARS, KafkaBroker
from tests.support.server import free_port

PASSWORD = "a password of the tests"
ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"
LISTENER = "SASL_SSL"
TOOLS = {"kafka-acls.sh": "org.apache.kafka.tools.AclCommand", "kafka-configs.sh": "kafka.admin.ConfigCommand"}
PROPERTIES = """\
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
sasl.enabled.mechanisms={mechanism}
sasl.mechanism.inter.broker.protocol={mechanism}
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config={login}
listener.name.ssl.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin};User:ANONYMOUS
allow.everyone.if.no.acl.found=false
"""
CLIENT = """\
security.protocol=SASL_SSL
sasl.mechanism={mechanism}
sasl.jaas.config={login}
ssl.truststore.type=PEM
ssl.truststore.location={authority}
"""


class SecureKafka(KafkaBroker):
    """One broker at `localhost`, whose certificate is for that name alone.

    At `address` every user signs in with `PASSWORD`, at `certified_address` whoever shows a certificate of the authority's.
    """

    def __init__(self, folder: Path, authority: Authority, users: list[str]) -> None:
        super().__init__(folder)
        self.authority, self.address, certified_port = authority, f"localhost:{self.port}", free_port()
        self.certified_address = f"localhost:{certified_port}"
        self.admin = folder / "admin.properties"
        self._folder = folder
        login = f'org.apache.kafka.common.security.scram.ScramLoginModule required username="{ADMIN}" password="{PASSWORD}";'
        told = {"mechanism": MECHANISM, "login": login, "authority": authority.certificate, "admin": ADMIN}
        plain = self._properties.read_text()
        both = f"{LISTENER}://{self.address},SSL://{self.certified_address}"
        listening = plain.replace(f"PLAINTEXT://127.0.0.1:{self.port}", both)
        listening = listening.replace("listener.name=PLAINTEXT", f"listener.name={LISTENER}")
        listening = listening.replace("PLAINTEXT:PLAINTEXT", "SASL_SSL:SASL_SSL,SSL:SSL")
        self._properties.write_text(listening + PROPERTIES.format(keystore=authority.sign("kafka").both, **told))
        self.admin.write_text(CLIENT.format(**told))
        for user in [ADMIN, *users]:
            self._format += ["--add-scram", f"{MECHANISM}=[name={user},password={PASSWORD}]"]

    def settings(self, user: str, **other: str) -> dict[str, str]:
        """Return the variables of a process that signs in as `user`."""
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.address,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SASL_MECHANISM": MECHANISM,
            "KAFKA_SASL_USERNAME": user,
            "KAFKA_SASL_PASSWORD": PASSWORD,
            "KAFKA_SSL_CA_FILE": str(self.authority.certificate),
        } | other

    def run(self, *command: str, **environ: str) -> str:
        """Run a command that finds Kafka's own tools on its PATH, and return what it says. Raises CalledProcessError."""
        tools = self._folder / "tools"
        tools.mkdir(exist_ok=True)
        for name, tool in TOOLS.items():
            (tools / name).write_text(f'#!/bin/sh\nexec java -XX:TieredStopAtLevel=1 -cp "{JARS}/*" {tool} "$@"\n')
            (tools / name).chmod(0o755)
        path = f"{tools}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(command, capture_output=True, text=True, timeout=180, env=os.environ | {"PATH": path} | environ)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def answers(self) -> bool:
        """Return whether a metadata request of the admin's is answered."""
        try:
            client = AdminClient(
                {
                    "bootstrap.servers": self.address,
                    "security.protocol": "SASL_SSL",
                    "sasl.mechanism": MECHANISM,
                    "sasl.username": ADMIN,
                    "sasl.password": PASSWORD,
                    "ssl.ca.location": str(self.authority.certificate),
                    "log_level": 0,
                }
            )
            return bool(client.list_topics(timeout=5 * ANSWER_S).brokers)
        except KafkaException:
            return False
