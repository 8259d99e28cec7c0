"""A shop full of customers who walk at random, and questions of many kinds."""

import random

from features.profile import Profile, Recent, Touch
from online_models.browse import Asked
from online_models.memory.shared import SharedMemory
from online_models.request import Request
from tests.online_models.records import NOON_MS, SECOND_MS, memory_of, walks

DAY_MS = 24 * 3600 * SECOND_MS


def a_crowd(questions: int) -> tuple[SharedMemory, list[Asked]]:
    """Return a shop in which 80 customers walked at random and 12 looked at rarities, and questions of many kinds, hours and days apart."""
    chance = random.Random(3)
    items = [f"item{number}" for number in range(120)]
    sessions = [" ".join(chance.choices(items[:90], k=chance.randint(1, 30))) for _ in range(80)]
    rarities = [f"rare{number} rare{number + 1}" for number in range(12)]
    memory = memory_of(walks(*sessions, *rarities, **{item: f"category{number % 7}" for number, item in enumerate(items) if number % 5}))
    asked = []
    for number in range(questions):
        walk = chance.sample(items, k=chance.randint(1, 12)) if number % 4 else [f"rare{number % 12}"]  # some of nothing that anybody saw
        now_ms = NOON_MS + chance.choice([1, 24, 80]) * 3600 * SECOND_MS + number
        history = [
            Touch(item, now_ms - chance.randint(0, DAY_MS), views=2, buys=number % 2) for item in chance.sample(items, k=number % 30)
        ]
        request = Request("browse", tuple(walk), barred=frozenset(walk[:1]), session=f"s{chance.randint(0, 160)}", k=number % 4)
        asked.append(Asked(request, Profile(history=tuple(history), recent=tuple(Recent(now_ms, item, 1) for item in walk)), now_ms))
    return memory, asked
