"""A real Apache Kafka for tests: one KRaft node from the jars that `make install-kafka` puts into .kafka/."""

import base64
import os
import shutil
import socket
import subprocess
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.support.server import Server, ServerDidNotStart, free_port

JARS = Path(__file__).parents[2] / ".kafka"
CLUSTER_ID = base64.urlsafe_b64encode(b"tsuide-for-tests").decode().rstrip("=")
MESSAGE_MAX_BYTES = 5 * 1_048_576  # above every topic's own limit
JVM = ("-Xmx512m", "-XX:+UseSerialGC")
SOON_COMPILED = "-XX:TieredStopAtLevel=1"  # else a broker spends half the CPU of its first minutes on compiling itself as well as possible
FORMAT_S = 60
ANSWER_S = 1.0

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}{listener}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
message.max.bytes={message_max_bytes}
# A killed broker counts as alive until its session ends, and may not register again before.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
# Logs of past years are replayed: retention by their own times must not strike in the middle of a test.
log.retention.check.interval.ms=86400000
"""
LOG4J = """\
<Configuration status="ERROR">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %c{1} %m%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


def why_no_kafka() -> str | None:
    """Return what a real Kafka lacks here and the cure, or None when it can be started."""
    if shutil.which("java") is None:
        return "no Java: install a Java 17 runtime, then `make install-kafka`"
    if not any(JARS.glob("kafka_*.jar")):
        return "no Kafka jars: `make install-kafka` (needs Java 17 and Maven)"
    return None


class KafkaBroker(Server):
    """One broker and controller in one process; topics are created by name only, groups gather at once."""

    def __init__(self, folder: Path, *, proxy_port: int | None = None, worked_hard: bool = False) -> None:
        """`proxy_port`: clients that come to `proxied_port` are told to come through here; others come as always.

        `worked_hard`: it is to give its best under load, some minutes from now.
        """
        self.port, self.proxied_port, self.proxy_port = free_port(), free_port(), proxy_port
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._properties = folder / "server.properties"
        java = ["java", f"-Dlog4j2.configurationFile={folder}/log4j2.xml", "-cp", f"{JARS}/*"]
        self._format = [*java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties), "--ignore-formatted"]
        super().__init__(
            folder, [java[0], *JVM, *(() if worked_hard else (SOON_COMPILED,)), *java[1:], "kafka.Kafka", str(self._properties)]
        )
        (folder / "log4j2.xml").write_text(LOG4J)
        self._properties.write_text(
            PROPERTIES.format(
                port=self.port,
                listener=f",PROXIED://127.0.0.1:{self.proxied_port}" if proxy_port else "",
                advertised=f",PROXIED://127.0.0.1:{proxy_port}" if proxy_port else "",
                controller_port=free_port(),
                folder=folder,
                message_max_bytes=MESSAGE_MAX_BYTES,
            )
        )

    def start(self) -> Self:
        """Format the folder the first time, then start; about 5 s, later about 3 s."""
        if not (self.folder / "data").exists():
            done = subprocess.run(self._format, capture_output=True, text=True, timeout=FORMAT_S, env=os.environ)
            if done.returncode != 0:
                raise ServerDidNotStart(f"Kafka's storage could not be formatted\n{done.stdout}{done.stderr}")
        return super().start()

    def answers(self) -> bool:
        """Return whether a metadata request is answered with a live broker."""
        try:
            socket.create_connection(("127.0.0.1", self.port), ANSWER_S).close()
            client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0})
            return bool(client.list_topics(timeout=ANSWER_S).brokers)
        except (OSError, KafkaException):
            return False
