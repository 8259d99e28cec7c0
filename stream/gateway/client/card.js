/** One card: picture, name, what it does for the customer, price, reason, evidence, and what he can do with it. */
import { texts } from "./texts.js";

/** @import { SuggestedItem } from "../../../deploy/types/tsuide.js" */

/**
 * @typedef {object} Look
 * @property {string} language
 * @property {string | null} href with {item_id} in it
 * @property {boolean} add whether there is a button to add it
 * @property {((item: SuggestedItem) => Node | null | undefined) | null} picture
 * @property {(text: string) => string} wording of names and sentences
 */

/** @param {string} tag @param {string} part @param {...(Node | string | null)} inside */
export function el(tag, part, ...inside) {
  const made = document.createElement(tag);
  if (part) made.setAttribute("part", part);
  made.append(...inside.filter((one) => one !== null));
  return made;
}

/** @param {string} part @param {() => void} press @param {...(Node | string | null)} inside */
export function button(part, press, ...inside) {
  const made = el("button", part, ...inside);
  made.setAttribute("type", "button");
  made.addEventListener("click", press);
  return made;
}

/**
 * @param {SuggestedItem} item
 * @param {Look} look
 * @param {{select: (event: Event) => void, add: () => void, dismiss: () => void}} act
 */
export function card(item, look, act) {
  const say = texts(look.language);
  const name = look.wording(item.item_name || item.item_id);
  const dismiss = button("dismiss", act.dismiss);
  dismiss.setAttribute("aria-label", say.dismiss(name));
  const picture = el("div", "picture", look.picture?.(item) ?? tile(item, name));
  picture.setAttribute("aria-hidden", "true");
  const link = el(look.href ? "a" : "button", "name", name);
  if (look.href) link.setAttribute("href", look.href.replaceAll("{item_id}", encodeURIComponent(item.item_id)));
  else link.setAttribute("type", "button");
  link.addEventListener("click", act.select);
  const add = look.add ? button("add", act.add, say.add) : null;
  add?.setAttribute("aria-label", `${say.add}: ${name}`);
  return el(
    "li",
    "card",
    picture,
    el("div", "words", link, item.benefit ? el("p", "benefit", look.wording(item.benefit)) : null, prices(item, look.language), reason(item, say, look)),
    add,
    dismiss,
  );
}

/** @param {SuggestedItem} item @param {string} name */
function tile(item, name) {
  const made = el("span", "", [...name][0] ?? "");
  made.className = "tile";
  made.dataset.tone = String([...item.item_id].reduce((sum, char) => sum + (char.codePointAt(0) ?? 0), 0) % 5);
  return made;
}

/** @param {SuggestedItem} item @param {string} language */
function prices({ price, currency, price_difference: more }, language) {
  if (price === null || price === undefined) return null;
  /** @param {number} amount @param {Intl.NumberFormatOptions} [options] */
  const money = (amount, options) => number(amount, language, { ...(currency && { style: "currency", currency }), ...options });
  const difference = more ? el("span", "difference", money(more, { signDisplay: "exceptZero" })) : null;
  if (more && more < 0) difference?.setAttribute("part", "difference less");
  return el("p", "prices", el("span", "price", money(price)), difference && " ", difference);
}

/** @param {SuggestedItem} item @param {ReturnType<typeof texts>} say @param {Look} look */
function reason({ reason: { text: told, evidence = {} } }, say, { language, wording }) {
  const text = wording(told);
  const figures = Object.entries(evidence).filter(([key]) => !/^(anchor|metric)$/.test(key)); // the sentence names them
  const rows = figures.map(([key, value]) => {
    const said = typeof value === "number" ? number(value, language, key.endsWith("_ratio") ? { style: "percent" } : {}) : String(value);
    return el("div", "", el("dt", "", say.evidence[key] ?? key.replaceAll("_", " ")), el("dd", "", said));
  });
  const why = el("details", "why", el("summary", "", say.why), el("p", "", text), rows.length ? el("dl", "", ...rows) : null);
  return el("div", "because", el("p", "reason", text), why);
}

/** @param {number} value @param {string} language @param {Intl.NumberFormatOptions} options */
function number(value, language, options) {
  try {
    return new Intl.NumberFormat(language, options).format(value);
  } catch {
    return String(value); // a currency or a language that nobody knows
  }
}
