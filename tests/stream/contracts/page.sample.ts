// A shop's page as it would use the types; compiled by a test, never run.
import type { AddToCart, Event, Suggestion } from "../../../deploy/types/tsuide.js";

const added: AddToCart = {
  event: "add_to_cart",
  event_id: "01JD8K3Z5T",
  event_time_ms: Date.now(),
  session_id: "s-91",
  items: [{ item_id: "kettle-1", price: 39, quantity: 1 }],
};

export function nameOf(event: Event): string {
  return event.event === "search" ? `search for ${event.search_term ?? ""}` : event.event;
}

export function cards(suggestion: Suggestion): string[] {
  return suggestion.lists.flatMap((list) => list.items.map((item) => `${item.item_name ?? item.item_id}: ${item.reason.text}`));
}

nameOf(added);

// @ts-expect-error an event needs its id
nameOf({ event: "view_item", event_time_ms: 0 });

// @ts-expect-error no such event
nameOf({ event: "add_to_basket", event_id: "1", event_time_ms: 0 });

// @ts-expect-error a misspelt field
nameOf({ event: "view_item", event_id: "1", event_time_ms: 0, dwel_ms: 5 });
