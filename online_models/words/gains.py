"""What an item does for the customer, and what a dearer one gives him for the difference. Nothing that the catalogue does not say."""

from msgspec import Struct

from online_models.words.texts import Words, figure, own_words
from stream.contracts.catalog import CatalogItem, Rating

FEWEST_RATINGS = 5  # a mean of fewer says nothing
GOOD_RATING = 4.0  # of 5: a lower one is no benefit
MOST_SPECS = 2  # properties that a sentence bears


class Gain(Struct, frozen=True):
    """What is better about an item: the words, and what they rest on."""

    text: str
    evidence: dict[str, str | float] = {}


def gain(entry: CatalogItem, other: CatalogItem | None, words: Words, tag: str | None) -> Gain | None:
    """Return what `entry` gives more than `other`: the shop's own sentence in the customer's language, else up to two properties.

    `tag` is the language that the customer reads. Properties come in the shop's order, those that the other has not before those
    that are larger numbers.
    """
    own = own_words(entry.benefits, tag)
    if own is not None:
        return Gain(own)
    if other is None:
        return None
    found = [*_has(entry, other, words), *_larger(entry, other, words)][:MOST_SPECS]
    if not found:
        return None
    said = [text for text, _, _ in found]
    text = words.benefit("both", first=said[0], second=said[1]) if len(said) == MOST_SPECS else said[0]
    return Gain(text, {name: value for _, name, value in found})


def better_rated(entry: CatalogItem, other: CatalogItem | None, words: Words) -> str | None:
    """Return that others rated the item better than the one on screen, where enough rated both."""
    better, before = entry.rating, None if other is None else other.rating
    if better is None or before is None or min(better.count, before.count) < FEWEST_RATINGS or better.value <= before.value:
        return None
    return words.benefit("rated_better", value=figure(better.value), before=figure(before.value))


def well_rated(rating: Rating | None, words: Words) -> str | None:
    """Return a good rating with the number of those who really bought the item; None without enough of them.

    The mean is of all ratings: only where all are by purchasers it is said to be theirs.
    """
    if rating is None or rating.verified_count < FEWEST_RATINGS or rating.value < GOOD_RATING:
        return None
    value, verified = figure(rating.value), figure(rating.verified_count)
    if rating.count <= rating.verified_count:
        return words.benefit("rated", value=value, verified=verified)
    return words.benefit("rated_partly", value=value, count=figure(rating.count), verified=verified)


Found = tuple[str, str, str | float]  # what is said, the property, its value as evidence


def _has(entry: CatalogItem, other: CatalogItem, words: Words) -> list[Found]:
    """Return the properties that the other has not: by its own entry, or because an entry with properties does not list them."""
    lacking = [name for name, value in entry.specs.items() if value is True and other.specs and other.specs.get(name, False) is False]
    return [(words.benefit("has", name=_readable(name)), name, "✓") for name in lacking]


def _larger(entry: CatalogItem, other: CatalogItem, words: Words) -> list[Found]:
    """Return the properties that both give as numbers, the other a smaller one."""
    found: list[Found] = []
    for name, value in entry.specs.items():
        before = other.specs.get(name)
        if isinstance(value, bool | str) or before is None or isinstance(before, bool | str) or value <= before:
            continue
        said = words.benefit("larger", name=_readable(name), value=figure(value), before=figure(before))
        found.append((said, name, value))
    return found


def _readable(name: str) -> str:
    return " ".join(name.replace("_", " ").split())
