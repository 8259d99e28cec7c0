"""Redis: reachable, new enough, never forgetting, and of one time with this machine."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from features.errors import StoreAway
from features.store.cures import named
from features.store.redis import client_of
from stream.doctor.finding import Finding
from stream.settings import Settings, without_password

OLDEST = (6, 2)
FULL = 0.8  # share of maxmemory from which on to warn
SKEW_MS = 1_000


async def look_at_redis(settings: Settings, wall_ms: Callable[[], int]) -> list[Finding]:
    """Return what Redis says about itself. Raises StoreAway."""
    shown, since = without_password(settings.redis_url), time.monotonic()
    client = client_of(settings.redis, one_node=True)
    try:
        with named():
            info: dict[str, Any] = await client.info()
            took_ms = 1000 * (time.monotonic() - since)
            asked_ms = wall_ms()
            seconds, micros = await client.time()
            answered_ms = wall_ms()
    except StoreAway as fault:
        raise StoreAway(f"Redis at {shown} does not answer: {fault}.") from fault
    finally:
        await client.aclose()
    skew_ms = seconds * 1000 + micros / 1000 - (asked_ms + answered_ms) / 2
    reached = Finding("redis", "ok", f"{shown}, answered in {took_ms:.0f} ms")
    return [reached, security(settings), version(str(info["redis_version"])), eviction(info), persistence(info), room(info), clock(skew_ms)]


def security(settings: Settings) -> Finding:
    """Judge how the connection is protected; a user's name is told, a secret never."""
    url = urlsplit(settings.redis_url)
    user = settings.redis_username or url.username or ("default" if settings.redis_password or url.password else "")
    signs = f"user {user}" if user else "no user"
    if url.scheme.startswith("rediss"):
        return Finding("redis security", "ok", f"TLS, {signs}, trusts {settings.redis_ssl_ca_file or 'what the system trusts'}")
    if user and url.scheme != "unix":
        return Finding("redis security", "warn", f"not encrypted, {signs}", "Write REDIS_URL as rediss://: others can read along.")
    return Finding("redis security", "ok", f"not encrypted, {signs}")


def version(found: str) -> Finding:
    """Judge the server's version."""
    if tuple(int(part) for part in found.split(".")[:2]) < OLDEST:
        return Finding("redis version", "fail", found, "Use Redis 6.2 or newer.")
    return Finding("redis version", "ok", found)


def eviction(info: dict[str, Any]) -> Finding:
    """Judge what the server does when its memory is full: it must refuse, never forget."""
    found = str(info.get("maxmemory_policy", "unknown"))
    if found != "noeviction":
        cure = "Run `CONFIG SET maxmemory-policy noeviction` and put it into redis.conf: an evicted fence or profile is lost work."
        return Finding("redis maxmemory-policy", "fail", found, cure)
    return Finding("redis maxmemory-policy", "ok", found)


def persistence(info: dict[str, Any]) -> Finding:
    """Judge whether a restart of the server keeps what it was told."""
    if not int(info.get("aof_enabled", 0)):
        cure = "Set appendonly yes, appendfsync everysec: without it a restart loses profiles and workers seek back far."
        return Finding("redis append-only file", "warn", "off", cure)
    if info.get("aof_last_write_status", "ok") != "ok":
        return Finding("redis append-only file", "fail", "the last write failed", "Look at the disk and at Redis's log.")
    return Finding("redis append-only file", "ok", "on")


def room(info: dict[str, Any]) -> Finding:
    """Judge how much memory is left."""
    used, most = int(info["used_memory"]), int(info.get("maxmemory", 0))
    if not most:
        return Finding("redis memory", "ok", f"{used / 1e6:.0f} MB used, no maxmemory set")
    shown = f"{used / 1e6:.0f} of {most / 1e6:.0f} MB used"
    if used > FULL * most:
        return Finding("redis memory", "warn", shown, "Raise maxmemory or add nodes: a full Redis refuses every commit.")
    return Finding("redis memory", "ok", shown)


def clock(skew_ms: float) -> Finding:
    """Judge how far the server's clock is from this machine's."""
    if abs(skew_ms) > SKEW_MS:
        cure = "Set the clocks (NTP): times rule sessions, caps and expiry."
        return Finding("redis clock", "warn", f"{skew_ms / 1000:+.1f} s against this machine", cure)
    return Finding("redis clock", "ok", "within a second of this machine")
