/** The cart: lines of {item_id, quantity}, kept in this browser and the same in all of its tabs. */
import { kept as keyOf } from "/site/parts/which.js";

const KEPT = keyOf("cart");
const MOST = 999; // pieces of one item
const listeners = new Set();

/** Return the lines, the first put first. */
export function lines() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(kept) ? kept.filter((line) => typeof line?.item_id === "string" && line.quantity > 0) : [];
  } catch {
    return []; // what stands there is not ours
  }
}

/** Return how many pieces are in the cart. */
export function pieces() {
  return lines().reduce((sum, line) => sum + line.quantity, 0);
}

/** Set how many of an item are in the cart, and return the difference to before. */
export function setQuantity(itemId, quantity) {
  const wanted = Math.max(0, Math.min(MOST, Math.trunc(quantity)));
  const before = lines();
  const line = before.find((one) => one.item_id === itemId);
  const others = before.map((one) => (one === line ? { ...one, quantity: wanted } : one));
  keep(line ? others : [...before, { item_id: itemId, quantity: wanted }]);
  return wanted - (line?.quantity ?? 0);
}

/** Put one of each of these items into the cart, all at once. */
export function putOneOfEach(itemIds) {
  const before = lines();
  const known = new Set(before.map((line) => line.item_id));
  keep([...before, ...itemIds.filter((id) => !known.has(id)).map((id) => ({ item_id: id, quantity: 1 }))]);
}

/** Return how many of an item are in the cart. */
export function quantityOf(itemId) {
  return lines().find((line) => line.item_id === itemId)?.quantity ?? 0;
}

/** Empty the cart. */
export function clear() {
  keep([]);
}

/** Call `tell` whenever the cart changes, in this tab or another. */
export function onBasket(tell) {
  listeners.add(tell);
}

function keep(changed) {
  localStorage.setItem(KEPT, JSON.stringify(changed.filter((line) => line.quantity > 0)));
  for (const tell of listeners) tell();
}

addEventListener("storage", (event) => {
  if (event.key === KEPT) for (const tell of listeners) tell();
});
