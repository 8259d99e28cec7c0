"""Types of `linear.pyx`."""

from collections.abc import Sequence

from online_models.request import F32, Floats

def score_parts(table: F32, weights: Floats, parts: Sequence[tuple[int, int, int]]) -> Floats: ...
def expected(features: F32, scores: Floats) -> tuple[Floats, Floats]: ...
