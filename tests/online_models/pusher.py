"""How much one customer can change what others are shown: he pushes an item, and their answers are compared."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from features.catalog import Catalog
from features.profile import Profile
from online_models.memory.shared import SharedMemory
from online_models.rank import rank
from online_models.ranker import Weights
from online_models.request import Request
from stream.contracts.ids import Origin
from stream.contracts.memory import MemoryRecord, Remembered

EVENTS = 1000
K = 10
SECOND_MS = 1000
PUSHER = "pusher"
NOT_LISTED = Catalog()  # as in every evaluation: a research catalogue lists items from the future

Question = tuple[Request, Profile]


def push(target: str, company: Sequence[str], at_ms: int, *, events: int = EVENTS) -> Iterator[MemoryRecord]:
    """Yield what a customer sends who wants `target` to be shown beside the items of `company`.

    In one visit after the other he looks at the next of them and at the target, puts it into the cart, and buys both: an event a second.
    """
    steps = (step for visit, beside in enumerate(cycle(company)) for step in _visit(visit, target, beside))
    for number, (visit, event, items) in enumerate(islice(steps, events)):
        bought = f"{PUSHER}-{visit}" if event == "purchase" else None
        lines = tuple([Remembered(item) for item in items])
        yield MemoryRecord(Origin(PUSHER, 0, number), PUSHER, f"{PUSHER}-{visit}", event, at_ms + number * SECOND_MS, lines, bought)


def _visit(visit: int, target: str, beside: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    yield visit, "view_item", (beside,)
    yield visit, "view_item", (target,)
    yield visit, "add_to_cart", (target,)
    yield visit, "purchase", (beside, target)


def share_changed(memory: SharedMemory, questions: Sequence[Question], weights: Weights, attack: Sequence[MemoryRecord]) -> float:
    """Return the share of the questions whose first 10 answers differ in any place once `memory` has taken the attack in, 0..1.

    `memory` is changed. Both times it is asked at the end of the attack, with the same weights.
    """
    now_ms = attack[-1].event_time_ms
    before = _answers(memory, questions, weights, now_ms)
    for record in attack:
        memory.take_in(record)
    after = _answers(memory, questions, weights, now_ms)
    return sum(one != other for one, other in zip(before, after, strict=True)) / max(1, len(questions))


def _answers(memory: SharedMemory, questions: Sequence[Question], weights: Weights, now_ms: int) -> list[tuple[str, ...]]:
    return [rank(request, profile, memory, NOT_LISTED, weights, now_ms).items[:K] for request, profile in questions]
