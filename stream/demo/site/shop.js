/** The shop's side of tsuide: one client for the page, and what the page tells it of its customer. */
import { connect } from "/client.js";
import { clear, putOneOfEach, setQuantity } from "/site/parts/basket.js";
import { language, onLanguage } from "/site/parts/language.js";
import { untilLive } from "/site/parts/warming.js";
import { shop } from "/site/parts/which.js";

const acted = new EventTarget();
let optedOut = false;

async function token() {
  const answer = await fetch("/shop/token", { method: "POST" });
  if (!answer.ok) throw new Error(`/shop/token answers ${answer.status}`);
  const told = await answer.json();
  setOptedOut(told.opted_out);
  return told;
}

/** The client, as soon as the shop makes suggestions. */
export const connected = untilLive().then(() => {
  const client = connect({ token, language: language() });
  client.addEventListener("state", ({ detail: { state } }) => {
    if (state === "opted_out" || state === "open") setOptedOut(state === "opted_out"); // also when another tab said so
  });
  onLanguage(() => {
    client.language = language();
  });
  return client;
});

/** Tell what the customer does, in GA4's words; what is told before the shop is live waits for it. */
export async function track(name, fields = {}) {
  const client = await connected;
  const eventId = crypto.randomUUID();
  acted.dispatchEvent(new CustomEvent("act", { detail: { eventId, at: performance.now() } }));
  client.track(name, { ...fields, event_id: eventId });
}

/** Call `tell` with {eventId, at} whenever the customer does something; `at` is on this page's clock, in milliseconds. */
export function onAct(tell) {
  acted.addEventListener("act", (event) => tell(event.detail));
}

/** Return the fields of an event about these [good, quantity] pairs. */
export function about(pairs) {
  const items = pairs.map(([good, quantity]) => ({ item_id: good.item_id, item_name: good.item_name, ...(good.price === null ? {} : { price: good.price }), quantity }));
  const value = items.reduce((sum, item) => sum + (item.price ?? 0) * item.quantity, 0);
  return { items, currency: pairs[0]?.[0].currency ?? shop.currency, value: Number(value.toFixed(2)) };
}

/** Have `quantity` of this good in the cart, and tell what changed. */
export function haveInCart(good, quantity) {
  const difference = setQuantity(good.item_id, quantity);
  if (difference > 0) track("add_to_cart", about([[good, difference]]));
  if (difference < 0) track("remove_from_cart", about([[good, -difference]]));
}

/** Have one of each of these goods in the cart, told as one thing that the customer did. */
export function haveAllInCart(goods) {
  if (goods.length === 0) return;
  track("add_to_cart", about(goods.map((good) => [good, 1])));
  putOneOfEach(goods.map((good) => good.item_id));
}

/** Buy what these pairs name, and empty the cart. */
export async function buy(pairs) {
  await track("purchase", { ...about(pairs), transaction_id: crypto.randomUUID() });
  clear();
}

/** Say the customer's will: opt_out, opt_in or forget. Holds at once. */
export async function consent(choice) {
  await (await connected).consent(choice);
  if (choice !== "forget") setOptedOut(choice === "opt_out");
}

/** Whether the customer wants no suggestions. */
export function isOptedOut() {
  return optedOut;
}

/** Call `tell` when the customer's will becomes known or changes. */
export function onConsent(tell) {
  acted.addEventListener("consent", tell);
}

function setOptedOut(now) {
  if (now === optedOut) return;
  optedOut = now;
  acted.dispatchEvent(new Event("consent"));
}
