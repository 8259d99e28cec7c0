/** One item: what it is, what it costs, and what goes with it. */
import { el } from "/site/parts/dom.js";
import { findGood } from "/site/parts/goods.js";
import { followOffersTime, knewStrip } from "/site/parts/knew.js";
import { language, money, number } from "/site/parts/language.js";
import { followOffers, offers, putIntoCart } from "/site/parts/offers.js";
import { openPage } from "/site/parts/page.js";
import { quantityField } from "/site/parts/quantity.js";
import { followSets, setOffer } from "/site/parts/set.js";
import { lastSeen } from "/site/parts/seen.js";
import { inTitleCase } from "/site/parts/title.js";
import { about, track } from "/site/shop.js";
import { tile } from "/site/tiles/tile.js";

const AGAIN_MS = 2000;
const itemId = decodeURIComponent(location.pathname.split("/").at(-1));
let good = lastSeen(itemId); // undefined until the shop has answered, null where it has none
let quantity = 1;

const redraw = openPage("item", draw);
followOffers();
followSets();
followOffersTime();
open();

async function open() {
  const before = good;
  try {
    good = await findGood(itemId);
  } catch {
    setTimeout(open, AGAIN_MS);
    return;
  }
  if (!isSame(before, good)) redraw();
  if (good !== null) track("view_item", about([[good, 1]]));
}

function isSame(before, now) {
  return JSON.stringify(before) === JSON.stringify(now);
}

function draw(say) {
  if (good === null) return { title: say.noSuchItem, nodes: [el("div", { class: "empty" }, el("h1", {}, say.noSuchItem), el("a", { class: "button", href: "/" }, say.backHome))] };
  const name = good ? inTitleCase(good.item_name) : "";
  const picture = good ? tile(good) : el("div", { class: "good-tile" });
  const instead = el("div", { class: "item-instead" }, offers("upgrades"), offers("alternatives"));
  return { title: name || say.menu, nodes: [el("div", { class: "item" }, picture, words(say, name), instead), el("div", { class: "beside" }, offers("also_bought")), knewStrip()] };
}

function words(say, name) {
  const price = good ? money(good.price, good.currency) : "\u00a0";
  const sold = good && good.sold > 0 ? ` · ${say.sold(number(good.sold))}` : "";
  const field = quantityField(name, quantity, (wanted) => {
    quantity = wanted;
  });
  const add = el("button", { class: "button", type: "button", disabled: !good || good.price === null, onclick: () => putIntoCart(good, quantity) }, say.add);
  return el(
    "div",
    { class: "item-words" },
    el("h1", {}, name || "\u00a0"),
    good?.benefits ? el("p", { class: "item-benefit" }, good.benefits[language()] ?? "") : null,
    el("p", { class: "price" }, price),
    good?.rating ? el("p", { class: "item-rating" }, el("span", { "aria-hidden": "true" }, stars(good.rating.value)), say.rated(number(good.rating.value, 1), number(good.rating.count), number(good.rating.verified_count))) : null,
    good?.family ? el("a", { class: "button", href: good.family === "news" ? "/news" : "/plan" }, say.choosePlan) : el("div", { class: "item-buy" }, field, add),
    el("p", { class: "item-number" }, `${say.number(itemId)}${sold}`),
    specs(say),
    setOffer(),
    offers("accessories"),
  );
}

/** What the catalogue says the item has; what pages say in other places (a plan's limits) is left out. */
function specs(say) {
  const told = Object.entries(good?.specs ?? {}).filter(([name, value]) => !name.startsWith("limit:") && value !== false);
  if (told.length === 0) return null;
  const rows = told.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value === true ? say.yes : typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : value)));
  return el("dl", { class: "specs", "aria-label": say.specs, lang: "ja" }, ...rows);
}

function stars(value) {
  const full = Math.round(value);
  return "★".repeat(full) + "☆".repeat(5 - full);
}
