"""How long requests took, by their route and by how they were answered."""

from collections import defaultdict

from stream.engine.measures import Histogram

BOUNDS_S = (0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STREAM = "/v1/suggestions"  # lasts as long as somebody looks, which is no duration of a request


class Durations:
    """Seconds by (method, route, class of status). As many histograms as there are routes and ways to answer, whatever is asked."""

    def __init__(self) -> None:
        self.seconds: defaultdict[tuple[str, str, str], Histogram] = defaultdict(lambda: Histogram(BOUNDS_S))

    def add(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count a request; streams are left out."""
        if route != STREAM:
            self.seconds[method, route, f"{status // 100}xx"].add(took_s)
