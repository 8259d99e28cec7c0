/** A set that is bought together: its cards as tsuide shows them, one button for all of it, and its price in the cart. */
import { lines, onBasket, quantityOf } from "/site/parts/basket.js";
import { el } from "/site/parts/dom.js";
import { goodsById } from "/site/parts/goods.js";
import { money, onLanguage, texts } from "/site/parts/language.js";
import { offers } from "/site/parts/offers.js";
import { sayInPassing } from "/site/parts/page.js";
import { kept } from "/site/parts/which.js";
import { connected, haveAllInCart } from "/site/shop.js";

const KEPT = kept("sets");
let offered = [null, null]; // the list and the suggestion that it came with

/** Return the place where a set stands once there is one. */
export function setOffer() {
  const place = el("div", { class: "set" }, offers("bundle", { add: false }), el("div", { class: "set-foot" }));
  write(place);
  return place;
}

/** Follow the sets that are suggested. Call once a page. */
export async function followSets() {
  onLanguage(writeAll);
  onBasket(forgetBroken);
  onBasket(writeAll);
  (await connected).subscribe("bundle", (list, offer) => {
    offered = [list, offer];
    writeAll();
  });
}

/** Return what comes off the price of the cart: {n, off} of each set that is wholly in it; a piece belongs to one set only. */
export function reductions() {
  const left = new Map(lines().map((line) => [line.item_id, line.quantity]));
  return remembered().flatMap(({ ids, off }) => {
    if (!ids.every((id) => left.get(id) > 0)) return [];
    for (const id of ids) left.set(id, left.get(id) - 1);
    return [{ n: ids.length, off }];
  });
}

function writeAll() {
  for (const place of document.querySelectorAll(".set")) write(place);
}

function write(place) {
  const [list, offer] = offered;
  const complete = list !== null && list.items.length === offer.lists.find((one) => one.item_list_id === "bundle").items.length;
  place.hidden = !complete;
  if (!complete) return;
  const say = texts();
  const ids = allOf(list, offer);
  const missing = ids.filter((id) => quantityOf(id) === 0).length;
  // Of a set that is no cheaper as a whole, only what is still missing costs something.
  const priced = typeof list.set_price === "number" && (missing === ids.length || typeof list.set_price_before === "number");
  const words = priced ? say.addSet(ids.length, money(list.set_price, list.currency)) : say.addRest(missing);
  const put = el("button", { class: "button", type: "button", disabled: missing === 0, onclick: () => putAll(list, offer) }, words);
  place.querySelector(".set-foot").replaceChildren(put);
}

function allOf(list, offer) {
  return [...new Set([offer?.context.item_id, ...list.items.map((item) => item.item_id)])].filter(Boolean);
}

async function putAll(list, offer) {
  const ids = allOf(list, offer);
  const goods = await goodsById(ids);
  const missing = ids.filter((id) => quantityOf(id) === 0 && goods.has(id)).map((id) => goods.get(id));
  const client = await connected;
  for (const item of list.items) client.chosen(item, "bundle");
  const off = (list.set_price_before ?? 0) - (list.set_price ?? 0);
  if (off > 0) localStorage.setItem(KEPT, JSON.stringify([...remembered().filter((one) => one.ids.join() !== ids.join()), { ids, off }]));
  haveAllInCart(missing);
  const say = texts();
  sayInPassing(say.addedSet(ids.length), el("a", { href: "/cart" }, say.toCart));
}

function remembered() {
  try {
    const sets = JSON.parse(localStorage.getItem(KEPT) ?? "[]");
    return Array.isArray(sets) ? sets : [];
  } catch {
    return []; // what stands there is not ours
  }
}

function whole({ ids }) {
  const inCart = new Set(lines().map((line) => line.item_id));
  return ids.every((id) => inCart.has(id));
}

function forgetBroken() {
  const sets = remembered();
  const standing = sets.filter(whole);
  if (standing.length < sets.length) localStorage.setItem(KEPT, JSON.stringify(standing));
}
