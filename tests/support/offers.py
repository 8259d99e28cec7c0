"""Suggestions as the engine publishes them, for tests of who is shown them."""

from stream.contracts.suggestion import SUGGESTION_LIFE_MS, Context, Reason, SuggestedItem, SuggestedList, Suggestion


def a_suggestion(
    customer: str, *, seq: int, session: str = "s-1", created_ms: int = 0, expires_ms: int | None = None, **lists: list[str]
) -> Suggestion:
    """Return a suggestion of these lists, each named by its id and given as item ids."""
    return Suggestion(
        suggestion_id=f"shop.cart.v1:0:{seq}",
        seq=seq,
        caused_by=f"e-{seq}",
        customer=customer,
        session_id=session,
        context=Context("add_to_cart", "85123A"),
        created_ms=created_ms,
        expires_ms=created_ms + SUGGESTION_LIFE_MS if expires_ms is None else expires_ms,
        lists=tuple(SuggestedList(name, "Goes with it", tuple(_items(ids))) for name, ids in lists.items()),  # type: ignore[arg-type]
        model_version=1,
        policy_version="p",
        memory_version=1,
    )


def _items(ids: list[str]) -> list[SuggestedItem]:
    why = Reason("bought_together", "In 62 of 100 orders with this, that was taken too.", {"of": 100.0})
    return [SuggestedItem(item_id, index, 1.5, why, price=2.55, currency="GBP") for index, item_id in enumerate(ids)]
