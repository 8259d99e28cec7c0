/** The footer: the privacy corner, and what shop this is. */
import { el } from "/site/parts/dom.js";
import { texts } from "/site/parts/language.js";
import { consent, isOptedOut, onConsent } from "/site/shop.js";

/** Draw the footer into its place. */
export function drawFooter() {
  const say = texts();
  const said = el("p", { class: "privacy-said", role: "status" });
  const corner = el(
    "section",
    { "aria-labelledby": "privacy" },
    el("h2", { id: "privacy" }, say.privacy),
    el("p", {}, say.privacyKept),
    el("div", { class: "privacy-row" }, wish(said), el("button", { class: "button plain", type: "button", onclick: () => tell("forget", say.forgotten, said) }, say.forget)),
    said,
  );
  const shop = el("section", { "aria-labelledby": "about" }, el("h2", { id: "about" }, say.about), el("p", {}, say.aboutMore));
  document.querySelector(".foot").replaceChildren(el("div", { class: "foot-row" }, corner, shop));
}

/** Keep the switch true. */
export function followConsent() {
  onConsent(() => {
    const toggle = document.querySelector(".foot .switch");
    if (toggle !== null) show(toggle);
  });
}

function wish(said) {
  const toggle = el("button", { class: "switch", type: "button", role: "switch", onclick: () => turn(said) });
  show(toggle);
  return toggle;
}

function show(toggle) {
  const on = !isOptedOut();
  toggle.setAttribute("aria-checked", String(on));
  toggle.textContent = on ? texts().suggestionsOn : texts().suggestionsOff;
}

function turn(said) {
  return isOptedOut() ? tell("opt_in", texts().nowOn, said) : tell("opt_out", texts().nowOff, said);
}

async function tell(choice, done, said) {
  said.textContent = "";
  try {
    await consent(choice);
    said.textContent = done;
  } catch {
    said.textContent = texts().notDone;
  }
}
