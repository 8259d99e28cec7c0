/** What a cart costs. */
import { total } from "/site/parts/cart_goods.js";
import { el } from "/site/parts/dom.js";
import { money } from "/site/parts/language.js";
import { reductions } from "/site/parts/set.js";

/** Return lines with what comes off for whole sets, and with what is to be paid. */
export function sums(say, currency) {
  const off = reductions();
  const sum = off.reduce((left, set) => left - set.off, total());
  const rows = off.map((set) => el("p", { class: "sum-row less" }, say.setPrice(set.n), el("span", { class: "price" }, money(-set.off, currency))));
  return [...rows, el("p", { class: "sum-row" }, say.total, el("strong", { class: "price" }, money(sum, currency)))];
}
