/** The checkout of a demonstration: what would be bought, and an honest button. */
import { lines, onBasket } from "/site/parts/basket.js";
import { cartGoods, pairs } from "/site/parts/cart_goods.js";
import { el } from "/site/parts/dom.js";
import { money, texts } from "/site/parts/language.js";
import { followOffers, offers } from "/site/parts/offers.js";
import { openPage } from "/site/parts/page.js";
import { kept } from "/site/parts/which.js";
import { sums } from "/site/parts/sums.js";
import { inTitleCase } from "/site/parts/title.js";
import { about, buy, track } from "/site/shop.js";
import { tile } from "/site/tiles/tile.js";

if (lines().length === 0) location.replace("/cart");

openPage("checkout", draw);
followOffers();
onBasket(showOrder);
open();

async function open() {
  const inCart = await cartGoods();
  showOrder();
  if (inCart.length > 0) track("begin_checkout", about(inCart));
}

function draw(say) {
  const order = el("section", { class: "sheet", "aria-labelledby": "order" }, el("h2", { id: "order" }, say.yourOrder), el("div", { class: "order" }, ...ordered(say)));
  const paying = el(
    "section",
    { class: "sheet", "aria-labelledby": "paying" },
    el("h2", { id: "paying" }, say.howPaid),
    el("p", {}, say.notPaid),
    el("p", {}, say.demoPays),
    el("button", { class: "button", type: "button", onclick: place }, say.buy),
  );
  return { title: say.checkoutTitle, nodes: [el("h1", {}, say.checkoutTitle), el("div", { class: "cart" }, order, el("div", { class: "cart-beside" }, paying, offers("top_up"), offers("accessories")))] };
}

async function showOrder() {
  await cartGoods();
  document.querySelector(".order").replaceChildren(...ordered(texts()));
}

function ordered(say) {
  const inCart = pairs();
  const rows = inCart.map(([good, quantity]) =>
    el("li", { class: "short-line" }, tile(good), el("span", {}, `${quantity} × ${inTitleCase(good.item_name)}`), el("span", { class: "price" }, money((good.price ?? 0) * quantity, good.currency))),
  );
  return [el("ul", { class: "short-lines" }, ...rows), ...sums(say, inCart[0]?.[0].currency)];
}

async function place() {
  const inCart = await cartGoods();
  sessionStorage.setItem(kept("bought"), JSON.stringify(inCart.map(([good]) => ({ item_id: good.item_id, item_name: good.item_name }))));
  await track("add_payment_info", about(inCart));
  await buy(inCart);
  location.assign("/thanks");
}
