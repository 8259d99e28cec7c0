"""What a cart brings from which sum on, as the policy in use says it."""

from pathlib import Path

from online_models.policy.errors import PolicyError
from online_models.policy.lists import Threshold
from online_models.policy.policy import Policy


class Thresholds:
    """The thresholds of a policy file that may change meanwhile; while it is wrong, those that were read before stay."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_ns = 0
        self._known: tuple[Threshold, ...] = ()

    def now(self) -> tuple[Threshold, ...]:
        """Return the thresholds, the lowest first. One look at the file's time, and a few milliseconds when it has changed."""
        try:
            changed_ns = self._file.stat().st_mtime_ns
            if changed_ns != self._read_ns:
                self._known = tuple(sorted(Policy.read(self._file).top_up.thresholds, key=lambda one: one.at))
                self._read_ns = changed_ns
        except (OSError, PolicyError):
            return self._known
        return self._known
