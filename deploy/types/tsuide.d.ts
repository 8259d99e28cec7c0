// Made from stream/contracts by `make golden`; do not edit.

/**
 * What travels between a shop's pages and tsuide.
 */
export type Message = Event | Suggestion;
/**
 * What a customer did, told apart by `event`.
 */
export type Event =
  | ViewItem
  | ViewItemList
  | SelectItem
  | Search
  | AddToWishlist
  | AddToCart
  | RemoveFromCart
  | ViewCart
  | BeginCheckout
  | AddPaymentInfo
  | Purchase
  | Refund
  | DismissSuggestion
  | Usage;

/**
 * A product page was looked at.
 */
export interface ViewItem {
  event: "view_item";
  dwell_ms?: number | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * One line of an event; only `item_id` is needed. Prices are per piece, in the event's currency.
 */
export interface Item {
  item_id: string;
  item_name?: string | null;
  item_brand?: string | null;
  item_category?: string | null;
  item_category2?: string | null;
  item_category3?: string | null;
  item_category4?: string | null;
  item_category5?: string | null;
  item_variant?: string | null;
  price?: number | null;
  quantity?: number;
  index?: number | null;
  item_list_id?: string | null;
}
/**
 * An impression: these items were really on screen.
 */
export interface ViewItemList {
  event: "view_item_list";
  item_list_id?: string | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * A click on an item of a list.
 */
export interface SelectItem {
  event: "select_item";
  item_list_id?: string | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * A search in the shop.
 */
export interface Search {
  event: "search";
  search_term?: string | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * Items were remembered for later.
 */
export interface AddToWishlist {
  event: "add_to_wishlist";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * Items were put into the cart; `quantity` is what was added.
 */
export interface AddToCart {
  event: "add_to_cart";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * Items were taken out of the cart; `quantity` is what was removed.
 */
export interface RemoveFromCart {
  event: "remove_from_cart";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * The cart was looked at.
 */
export interface ViewCart {
  event: "view_cart";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * The customer went to pay.
 */
export interface BeginCheckout {
  event: "begin_checkout";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * The way of paying was chosen.
 */
export interface AddPaymentInfo {
  event: "add_payment_info";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * A basket was bought.
 */
export interface Purchase {
  event: "purchase";
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * Items, or a whole transaction, were given back.
 */
export interface Refund {
  event: "refund";
  /**
   * @maxItems 2000
   */
  items?: ReturnedItem[];
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * A line that is given back; shops write three pieces as 3 or as -3, and both mean the same.
 */
export interface ReturnedItem {
  item_id: string;
  item_name?: string | null;
  item_brand?: string | null;
  item_category?: string | null;
  item_category2?: string | null;
  item_category3?: string | null;
  item_category4?: string | null;
  item_category5?: string | null;
  item_variant?: string | null;
  price?: number | null;
  quantity?: number;
  index?: number | null;
  item_list_id?: string | null;
}
/**
 * Not interested: these suggested items, or the whole list.
 */
export interface DismissSuggestion {
  event: "dismiss_suggestion";
  item_list_id?: string | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * A subscription's meter: how much of a plan's limit is used. `resets_ms`: when it begins at 0 again, where it does.
 */
export interface Usage {
  event: "usage";
  plan_id: string;
  metric: string;
  used: number;
  limit: number;
  resets_ms?: number | null;
  event_id: string;
  /**
   * milliseconds since 1970 UTC, not before the year 2000
   */
  event_time_ms: number;
  customer?: string | null;
  user_id?: string | null;
  client_id?: string | null;
  session_id?: string | null;
  language?: string | null;
  currency?: string | null;
  value?: number | null;
  /**
   * @maxItems 2000
   */
  items?: Item[];
  transaction_id?: string | null;
  suggestion_id?: string | null;
}
/**
 * What to show to one customer now. Of one list in one session the highest `seq` wins; after `expires_ms` nothing is shown.
 */
export interface Suggestion {
  suggestion_id: string;
  seq: number;
  caused_by: string;
  customer: string;
  session_id: string;
  context: Context;
  created_ms: number;
  expires_ms: number;
  lists: SuggestedList[];
  model_version: number;
  policy_version: string;
  memory_version: number;
  published_ms?: number | null;
  experiment?: {
    [k: string]: string | undefined;
  };
}
/**
 * What the customer was doing.
 */
export interface Context {
  event: string;
  item_id?: string | null;
}
/**
 * One list, best first; without items it clears what stood under this id.
 *
 *     Of a bundle, `set_price` is what its items cost together with the one on screen (`context.item_id`, which is not among them), and
 *     `set_price_before` the sum of their prices where the shop lowers it; both in `currency`.
 */
export interface SuggestedList {
  item_list_id: "accessories" | "also_bought" | "alternatives" | "bundle" | "plans" | "top_up" | "upgrades";
  headline: string;
  items: SuggestedItem[];
  set_price?: number | null;
  set_price_before?: number | null;
  currency?: string | null;
}
/**
 * One card. `price_difference` is against the item on screen; `propensity` is the chance that it was chosen.
 */
export interface SuggestedItem {
  item_id: string;
  index: number;
  score: number;
  reason: Reason;
  item_name?: string | null;
  price?: number | null;
  currency?: string | null;
  p_uptake?: number | null;
  propensity?: number;
  relation?: string | null;
  benefit?: string | null;
  price_difference?: number | null;
}
/**
 * Why an item is shown: a code for machines, the figures it rests on, a sentence for the customer.
 */
export interface Reason {
  code: string;
  text: string;
  evidence?: {
    [k: string]: string | number | undefined;
  };
}
