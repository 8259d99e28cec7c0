"""Visits and suggestions of the demo's tests."""

from stream.contracts.events import Item
from stream.contracts.suggestion import Context, Reason, SuggestedItem, SuggestedList, Suggestion
from stream.demo.shop import Visit, event_id


def a_visit(*items: str, invoice: str = "536365") -> Visit:
    return Visit(invoice, f"k1:{invoice}", "GBP", 1_319_457_600_000, tuple(Item(item_id=item) for item in items))


def a_suggestion(visit: Visit, place: int, *items: str, list_id: str = "accessories") -> Suggestion:
    cards = tuple(SuggestedItem(item, index, 1.0, Reason("bought_together", "In 3 of 4 orders.")) for index, item in enumerate(items))
    return Suggestion(
        suggestion_id=f"s{place}",
        seq=place,
        caused_by=event_id(visit, place),
        customer=visit.customer,
        session_id=visit.invoice,
        context=Context("add_to_cart", visit.items[place].item_id),
        created_ms=0,
        expires_ms=900_000,
        lists=(SuggestedList(list_id, "", cards),),  # type: ignore[arg-type]
        model_version=1,
        policy_version="p",
        memory_version=1,
    )
