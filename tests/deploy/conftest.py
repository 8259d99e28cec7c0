from collections.abc import Iterator

import pytest

from tests.support.certificates import Authority
from tests.support.secure_kafka import SecureKafka
from tests.support.secure_redis import SecureRedis

PARTS = ("topics", "worker", "trainer", "gateway", "catalog", "operations", "offsets", "redrive", "replay", "backfill")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Who signs the certificates of the servers."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that has signed nothing here."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="session")
def secure_kafka(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[SecureKafka]:
    """A broker with a user for every part of tsuide, each with the rights of deploy/kafka/acls.sh."""
    with SecureKafka(tmp_path_factory.mktemp("secure-kafka"), authority, [f"tsuide-{part}" for part in PARTS]) as broker:
        broker.run("deploy/kafka/acls.sh", broker.address, str(broker.admin))
        yield broker


@pytest.fixture(scope="session")
def secure_redis(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[SecureRedis]:
    """A Redis with the one user of deploy/redis/users.acl."""
    with SecureRedis(tmp_path_factory.mktemp("secure-redis") / "server", authority) as server:
        yield server
