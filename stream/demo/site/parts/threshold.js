/** What is missing in the cart until the customer has a benefit, as the policy in use promises it. */
import { total } from "/site/parts/cart_goods.js";
import { el } from "/site/parts/dom.js";
import { thresholds } from "/site/parts/goods.js";
import { language, money, texts } from "/site/parts/language.js";
import { shop } from "/site/parts/which.js";

let known = [];

/** Ask the shop for its thresholds. */
export async function readThresholds() {
  const all = await thresholds().catch(() => []);
  known = all.filter((one) => (one.currency ?? shop.currency) === shop.currency);
}

/** Return the place of the bar; it is read aloud when it changes. */
export function thresholdPlace() {
  const place = el("div", { class: "threshold", role: "status" });
  write(place);
  return place;
}

/** Say how things stand with what is in the cart now. */
export function showThreshold() {
  const place = document.querySelector(".threshold");
  if (place !== null) write(place);
}

function write(place) {
  const say = texts();
  const sum = total();
  const words = (one) => one.benefit[language()] ?? Object.values(one.benefit)[0];
  const reached = known.filter((one) => one.at <= sum);
  const next = known.find((one) => one.at > sum);
  place.hidden = sum === 0 || known.length === 0;
  const done = reached.map((one) => el("p", { class: "threshold-reached" }, say.reached(words(one))));
  if (next === undefined || sum === 0) return place.replaceChildren(...done);
  const told = el("p", { id: "missing", class: "threshold-missing" }, say.missing(money(next.at - sum, shop.currency), words(next)));
  const bar = el("progress", { max: next.at, value: sum, "aria-labelledby": "missing" });
  const goal = el("p", { class: "threshold-goal", "aria-hidden": "true" }, say.towards(words(next), money(next.at, shop.currency)));
  return place.replaceChildren(...done, told, bar, goal);
}
