"""What an event says about the candidates that were ranked just before it."""

from collections.abc import Iterator, Mapping

from online_models.heads import ACCESSORY_LOOKS, BROWSE
from online_models.request import Ranked
from stream.contracts.events import AddToCart, AddToWishlist, Event, Purchase, SelectItem, ViewItem

LOOKED = (BROWSE.name, ACCESSORY_LOOKS.name)
TOUCHING = (ViewItem, SelectItem, AddToWishlist, AddToCart, Purchase)


def answers(event: Event, ranked: Mapping[str, Ranked], on_screen: str) -> Iterator[tuple[Ranked, str]]:
    """Yield (candidates as they were ranked, item really taken) for every head that the event answers.

    Any touch of another item answers `browse` and `accessory.looks`; an item put into the cart answers the basket heads, and, where it was
    among the better ones of its kind, `upgrade`. Nothing is yielded for an item that the head did not rank: the step
    leaves it out.
    """
    if not isinstance(event, TOUCHING) or not event.items:
        return
    taken = event.items[0].item_id
    if taken == on_screen and not isinstance(event, AddToCart):
        return
    for head, candidates in ranked.items():
        if head in LOOKED:
            if taken != on_screen:
                yield candidates, taken
        elif isinstance(event, AddToCart):
            yield candidates, taken
