"""What Redis refuses, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from redis import exceptions as refused

from features.errors import StoreAway
from features.store.tls import tls_cure

UNREACHABLE = (
    "check that Redis runs and that REDIS_URL reaches it; a port with TLS wants rediss://, "
    "and if it hangs up because it asks for a certificate, set REDIS_SSL_CERT_FILE and REDIS_SSL_KEY_FILE"
)
SIGN_IN = "check user and password: REDIS_USERNAME and REDIS_PASSWORD, their file, or REDIS_URL"
RIGHTS = "give the user the commands and the keys that deploy/redis/users.acl lists, for the prefix in TSUIDE_PREFIX"
# Refusals that pass, by class or by Redis's error code, and what to do about them.
CURES: dict[type[Exception] | str, str] = {
    refused.ReadOnlyError: "this is a replica: wait for the failover to end, or let REDIS_URL name the primary",
    refused.OutOfMemoryError: "Redis is full (maxmemory, noeviction) and wrote nothing of this: give it more memory",
    refused.NoPermissionError: RIGHTS,
    refused.AuthenticationError: SIGN_IN,
    "WRONGPASS": SIGN_IN,
    refused.BusyLoadingError: "Redis is reading its file: wait",
    refused.ClusterDownError: "look at `CLUSTER INFO`",
    refused.RedisClusterException: "check that the nodes of the cluster run and can be reached",
    refused.TryAgainError: "a slot is being moved: wait",
    refused.AskError: "this is a node of a cluster: write REDIS_URL as redis+cluster://...",
    refused.ConnectionError: UNREACHABLE,
    refused.TimeoutError: UNREACHABLE,
    OSError: UNREACHABLE,
    "READONLY": "this is a replica: wait for the failover to end, or let REDIS_URL name the primary",
    "OOM": "Redis is full (maxmemory, noeviction) and wrote nothing of this: give it more memory",
    "NOAUTH": SIGN_IN,
    "NOPERM": RIGHTS,
    "NOREPLICAS": "too few replicas are connected (min-replicas-to-write): start them again",
    "MISCONF": "Redis cannot write its snapshot: look at its log and its disk",
    "BUSY": "a script holds Redis: look at `SLOWLOG GET`",
}


@contextmanager
def named() -> Iterator[None]:
    """Raise StoreAway, with a cure, for refusals that pass; a mistake of ours keeps its own name and is not waited for."""
    try:
        yield
    except (refused.RedisError, refused.RedisClusterException, OSError) as error:
        words = str(error) or type(error).__name__
        if (cure := tls_cure(words, "REDIS_SSL_CA_FILE", "REDIS_URL")) is not None:
            raise StoreAway(f"{words} - {cure}") from error
        for sign, cure in CURES.items():
            if _says(words, sign) if isinstance(sign, str) else isinstance(error, sign):
                raise StoreAway(f"{words} - {cure}") from error
        raise


def _says(words: str, code: str) -> bool:
    """Return whether the refusal is of this code; before Redis 7 a script's error has it in the middle."""
    return words.startswith(code) or f" -{code} " in words
