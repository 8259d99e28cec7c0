/** Suggestion lists as this shop shows them, and what it does when a suggested item is taken. */
import { quantityOf } from "/site/parts/basket.js";
import { el } from "/site/parts/dom.js";
import { findGood } from "/site/parts/goods.js";
import { language, texts } from "/site/parts/language.js";
import { sayInPassing } from "/site/parts/page.js";
import { inReadingCase, inTitleCase } from "/site/parts/title.js";
import { haveInCart } from "/site/shop.js";
import { tile } from "/site/tiles/tile.js";

/** Return the place where a list of suggestions stands once there is one. */
export function offers(list, { add = true, href = "/item/{item_id}" } = {}) {
  const place = el("tsuide-suggestions", { list, "item-href": href, "add-to-cart": add, lang: language() });
  place.picture = tile;
  place.wording = inReadingCase;
  return place;
}

/** Put suggested items into the cart when the customer says so. */
export function followOffers() {
  document.addEventListener("tsuide:add", async (event) => {
    const good = await findGood(event.detail.item.item_id);
    if (good !== null) putIntoCart(good, 1);
  });
}

/** Put `quantity` more of a good into the cart and say so. */
export function putIntoCart(good, quantity) {
  haveInCart(good, quantityOf(good.item_id) + quantity);
  const say = texts();
  sayInPassing(say.added(inTitleCase(good.item_name)), location.pathname === "/cart" ? null : el("a", { href: "/cart" }, say.toCart));
}
