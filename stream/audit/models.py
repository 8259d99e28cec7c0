"""The models of a past by version, each for as long as a suggestion may still name it."""

from collections import OrderedDict

from online_models.ranker import Weights
from stream.contracts.training import ModelRecord


class Models:
    """What was published so far, without the models that were replaced `kept_ms` ago: what answers does so with one of the newest."""

    def __init__(self, kept_ms: int) -> None:
        self._kept_ms = kept_ms
        self._known: OrderedDict[int, tuple[int, Weights]] = OrderedDict([(-1, (0, Weights.start()))])

    def put(self, record: ModelRecord, at_ms: int) -> None:
        """Take in a model, published at `at_ms`; a version that is known already, or lower than the newest, is ignored as workers do."""
        if record.learnt_to > next(reversed(self._known)):
            self._known[record.learnt_to] = at_ms, Weights.of(record)

    def of(self, version: int) -> Weights | None:
        """Return the weights of a version, -1 being those that nothing was learnt into; None where it is not there, or not any more."""
        if version == -1:
            return Weights.start()
        found = self._known.get(version)
        return None if found is None else found[1]

    def forget_before(self, clock_ms: int) -> None:
        """Let go of what was replaced long before this time."""
        while len(self._known) > 1:
            first, second = list(self._known)[:2]
            if self._known[second][0] >= clock_ms - self._kept_ms:
                return
            del self._known[first]
