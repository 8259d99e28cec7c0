"""The policy's file and its texts, read again when they change, so that the shop need not restart a worker to change its mind."""

import asyncio
from collections import Counter
from pathlib import Path
from tomllib import TOMLDecodeError, loads

from online_models.policy.errors import PolicyError
from online_models.policy.policy import TEXTS, Policy
from stream.engine.knowledge import Knowledge
from stream.telling.logger import logger_of

logger = logger_of(__name__)
LOOK_EVERY_S = 1.0


class PolicyFile:
    """Keeps `knowledge.policy` as the file says, and the texts of the folder that it names.

    A change counts once two looks in a row saw the same bytes: what is half written is not taken for the whole, and an empty file is
    a policy too. The bytes are compared, some KB, not their time and size, which two changes within a tick of the file system share.
    A file that is gone or wrong leaves the policy as it is; `knowledge.policy_fault` says why until the file is right again.
    Tally: `policy_changes`, `policy_faults`.
    """

    def __init__(self, path: Path, knowledge: Knowledge, tally: Counter[str]) -> None:
        self._path, self._knowledge, self._tally = path, knowledge, tally
        self._seen: tuple[bytes | str, bytes] | None = None  # at the last look: the file's bytes, or why there are none, and the texts'
        self._judged: tuple[bytes | str, bytes] | None = None  # what the policy or its fault now stand for

    async def follow(self, *, look_every_s: float = LOOK_EVERY_S) -> None:
        """Look for ever, and never raise for what the file holds."""
        while True:
            self.look(*await asyncio.to_thread(_contents, self._path))
            await asyncio.sleep(look_every_s)

    def look(self, content: bytes | str, texts: bytes = b"") -> None:
        """Take in what the file holds now, its bytes or why it cannot be read, and the bytes of its texts."""
        now = content, texts
        settled, self._seen = now == self._seen, now
        if not settled or now == self._judged:
            return
        self._judged = now
        try:
            policy = _policy(content, self._path)
        except PolicyError as fault:
            self._knowledge.policy_fault = str(fault)
            self._tally["policy_faults"] += 1
            logger.warning("policy refused", error=str(fault), in_use=self._knowledge.policy.version)
            return
        if self._knowledge.policy_fault is not None or policy.version != self._knowledge.policy.version:
            self._knowledge.policy, self._knowledge.policy_fault = policy, None
            self._tally["policy_changes"] += 1
            logger.info("policy in use", version=policy.version)


def _policy(content: bytes | str, path: Path) -> Policy:
    """Return what the bytes say. Raises PolicyError, also where there are none."""
    if isinstance(content, str):
        raise PolicyError(content)
    return Policy.of(content, name=str(path))


def _contents(path: Path) -> tuple[bytes | str, bytes]:
    """Return the file's bytes, or why it cannot be read, and those of the texts that it names; none where it names no folder of files."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return f"{path}: cannot be read ({error.strerror}); put the file back", b""
    try:
        folder = path.parent / loads(content.decode())[TEXTS]
        return content, b"\0".join(file.name.encode() + b"\0" + file.read_bytes() for file in sorted(folder.glob("*.toml")))
    except (KeyError, TypeError, OSError, TOMLDecodeError, UnicodeDecodeError):
        return content, b""
