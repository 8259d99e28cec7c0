/** In which language the shop speaks: remembered, else the shop's own, else the browser's. */
import en from "/site/texts/en.js";
import ja from "/site/texts/ja.js";
import sampleEn from "/site/texts/sample/en.js";
import sampleJa from "/site/texts/sample/ja.js";
import { kept as keyOf, shop } from "/site/parts/which.js";

const TEXTS = shop.id === "hinata" ? { en: { ...en, ...sampleEn }, ja: { ...ja, ...sampleJa } } : { en, ja };
const KEPT = keyOf("language");
const listeners = new Set();

/** Return "ja" or "en". */
export function language() {
  const kept = localStorage.getItem(KEPT);
  if (kept in TEXTS) return kept;
  return (shop.language || navigator.language).startsWith("ja") ? "ja" : "en";
}

/** Return all words in the language that is spoken now. */
export function texts() {
  return TEXTS[language()];
}

/** Speak the other language from now on. */
export function switchLanguage() {
  localStorage.setItem(KEPT, language() === "ja" ? "en" : "ja");
  document.documentElement.lang = language();
  for (const tell of listeners) tell();
}

/** Call `tell` whenever the language changes. */
export function onLanguage(tell) {
  listeners.add(tell);
}

/** Return an amount of money, or the words for none. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) return texts().noPrice;
  return new Intl.NumberFormat(language(), { style: "currency", currency: currency ?? shop.currency }).format(amount);
}

/** Return a number with `digits` behind the point. */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** Return a time in milliseconds, or in seconds from one second on. */
export function duration(ms) {
  return ms >= 1000 ? `${number(ms / 1000, 1)} s` : `${number(ms)} ms`;
}

document.documentElement.lang = language();
