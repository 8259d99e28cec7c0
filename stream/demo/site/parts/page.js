/** What every page does: header, footer, its own words in the language of the day, anew when that changes. */
import { el } from "/site/parts/dom.js";
import { drawFooter, followConsent } from "/site/parts/footer.js";
import { drawHeader, followBasket } from "/site/parts/header.js";
import { onLanguage, texts } from "/site/parts/language.js";
import { shop } from "/site/parts/which.js";

/**
 * Open the page `name`. `draw(say)` returns {title, nodes}: the page's title and what stands in <main>.
 * Returns a function that draws again.
 */
export function openPage(name, draw) {
  const main = document.querySelector("main");
  const redraw = () => {
    const { title, nodes } = draw(texts());
    document.title = `${title} · ${shop.name}`;
    main.replaceChildren(...nodes.filter((node) => node !== null));
  };
  const redrawAll = () => {
    const held = document.activeElement?.closest("button, a, input");
    const place = held && [...document.querySelectorAll("button, a, input")].indexOf(held);
    drawHeader(name);
    drawFooter();
    redraw();
    if (place >= 0) document.querySelectorAll("button, a, input")[place]?.focus();
  };
  onLanguage(redrawAll);
  redrawAll();
  followBasket();
  followConsent();
  return redraw;
}

/** Say something in passing at the foot of the screen, with a link if there is one; gone after five seconds. */
export function sayInPassing(words, link = null) {
  let said = document.querySelector(".said");
  if (said === null) {
    said = el("p", { class: "said", role: "status" });
    document.body.append(said);
  }
  const line = el("span", {}, words, link);
  said.replaceChildren(line);
  setTimeout(() => line.parentNode === said && line.remove(), 5000);
}
