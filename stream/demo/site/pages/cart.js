/** The cart, and what goes with it. */
import { onBasket } from "/site/parts/basket.js";
import { cartGoods, pairs } from "/site/parts/cart_goods.js";
import { el } from "/site/parts/dom.js";
import { followOffersTime, knewStrip } from "/site/parts/knew.js";
import { money, texts } from "/site/parts/language.js";
import { followOffers, offers } from "/site/parts/offers.js";
import { openPage } from "/site/parts/page.js";
import { readThresholds, showThreshold, thresholdPlace } from "/site/parts/threshold.js";
import { followSets } from "/site/parts/set.js";
import { sums } from "/site/parts/sums.js";
import { quantityField } from "/site/parts/quantity.js";
import { inTitleCase } from "/site/parts/title.js";
import { about, haveInCart, track } from "/site/shop.js";
import { tile } from "/site/tiles/tile.js";

const FIELDS = ".cart-lines :is(a, button, input)";
let read = false;

openPage("cart", draw);
followOffers();
followSets();
followOffersTime();
onBasket(showLines);
open();

async function open() {
  const [inCart] = await Promise.all([cartGoods(), readThresholds()]);
  read = true;
  await showLines();
  if (inCart.length > 0) track("view_cart", about(inCart));
}

function draw(say) {
  const beside = el("div", { class: "cart-beside" }, offers("top_up"), offers("alternatives"), offers("accessories"));
  return { title: say.yourCart, nodes: [el("h1", {}, say.yourCart), thresholdPlace(), el("div", { class: "cart" }, lines(say), beside), knewStrip()] };
}

/** Draw the lines anew; the suggestions beside them stay, and so does the place of the keyboard. */
async function showLines() {
  await cartGoods();
  const fields = [...document.querySelectorAll(FIELDS)];
  const place = fields.indexOf(document.activeElement);
  document.querySelector(".cart-lines").replaceWith(lines(texts()));
  showThreshold();
  if (place === -1) return;
  const now = [...document.querySelectorAll(FIELDS)];
  (now.length === fields.length ? now[place] : document.querySelector("main")).focus();
}

function lines(say) {
  const inCart = pairs();
  const nodes = inCart.length > 0 ? [el("ul", {}, ...inCart.map(([good, quantity]) => line(say, good, quantity))), sum(say)] : read ? [empty(say)] : [];
  return el("section", { class: "cart-lines", "aria-label": say.yourCart }, ...nodes);
}

function line(say, good, quantity) {
  const name = inTitleCase(good.item_name);
  const href = `/item/${encodeURIComponent(good.item_id)}`;
  const pieces = quantityField(name, quantity, (wanted) => haveInCart(good, wanted));
  return el(
    "li",
    { class: "line" },
    el("a", { href, tabindex: -1, "aria-hidden": "true" }, tile(good)),
    el("a", { class: "line-name", href }, name),
    el("span", { class: "price" }, money((good.price ?? 0) * quantity, good.currency)),
    el("div", { class: "line-amount" }, pieces, say.each(money(good.price, good.currency))),
    el("button", { type: "button", "aria-label": say.removeNamed(name), onclick: () => haveInCart(good, 0) }, say.remove),
  );
}

function sum(say) {
  return el(
    "div",
    { class: "sum" },
    ...sums(say, pairs()[0][0].currency),
    el("a", { class: "button", href: "/checkout" }, say.checkout),
    el("p", {}, say.demoPays),
  );
}

function empty(say) {
  return el("div", { class: "empty" }, el("p", {}, say.cartEmpty), el("a", { class: "button", href: "/" }, say.backHome));
}
