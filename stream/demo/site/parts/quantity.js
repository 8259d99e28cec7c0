/** A number of pieces, to type or to step. */
import { el } from "/site/parts/dom.js";
import { texts } from "/site/parts/language.js";

const MOST = 999;

/** Return a field of `value` pieces of `name` that tells `changed` a new whole number, at least 1. */
export function quantityField(name, value, changed) {
  const say = texts();
  const input = el("input", { type: "number", min: 1, max: MOST, step: 1, inputmode: "numeric", "aria-label": `${say.quantity}: ${name}` });
  const set = (wanted) => {
    const whole = Math.max(1, Math.min(MOST, Math.trunc(wanted) || 1));
    input.value = String(whole);
    changed(whole);
  };
  input.value = String(value);
  input.addEventListener("change", () => set(input.valueAsNumber));
  const step = (by, sign, label) => el("button", { type: "button", "aria-label": label, onclick: () => set(input.valueAsNumber + by) }, sign);
  return el("div", { class: "quantity", role: "group", "aria-label": say.quantity }, step(-1, "−", say.less), input, step(1, "+", say.moreOfIt));
}
