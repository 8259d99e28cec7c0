/** Real orders as they pass: what went into a cart, what was shown, and what was taken of it. */
import { el } from "/site/parts/dom.js";
import { texts } from "/site/parts/language.js";
import { inReadingCase, inTitleCase } from "/site/parts/title.js";
import { tile } from "/site/tiles/tile.js";

const MOST = 8; // on the page

/** Return {node, tell, redraw, hold}: a list that takes answers, newest first; an answer told again takes the place of the first. */
export function passing() {
  const node = el("ol", { class: "passing" });
  const told = new Map(); // by suggestion, oldest first
  let held = false;
  const draw = () => node.replaceChildren(...[...told.values()].reverse().map((answer) => row(answer)));
  const tell = (answer) => {
    const key = answer.suggestion_id ?? `${answer.customer} ${answer.item_id}`;
    const known = told.has(key);
    if (held || (!known && answer.outcome !== "open")) return; // its beginning has left the page already
    told.set(key, answer);
    const drawn = row(answer);
    if (known) {
      const place = [...told.keys()].reverse().indexOf(key);
      node.children[place].replaceWith(drawn);
      return;
    }
    drawn.classList.add("arriving");
    node.prepend(drawn);
    while (told.size > MOST) {
      told.delete(told.keys().next().value);
      node.lastElementChild.remove();
    }
  };
  const hold = (now) => {
    held = now;
  };
  return { node, tell, redraw: draw, hold };
}

function row(answer) {
  const say = texts();
  const put = { item_id: answer.item_id, item_name: answer.put };
  const cards = answer.cards.map((card) => el("li", { class: card.taken ? "shown taken" : "shown" }, tile(card), el("div", {}, link(card), el("p", {}, inReadingCase(card.reason)), card.taken ? el("strong", {}, `✓ ${say.taken}`) : "")));
  return el(
    "li",
    { class: `order-row ${answer.outcome}` },
    el("div", { class: "order-put" }, tile(put), el("div", {}, el("p", {}, say.put(answer.customer)), link(put))),
    el("div", { class: "order-shown" }, el("p", {}, say.shown), el("ul", {}, ...cards)),
    el("p", { class: "order-outcome" }, say.outcome[answer.outcome]),
  );
}

function link(good) {
  return el("a", { href: `/item/${encodeURIComponent(good.item_id)}` }, inTitleCase(good.item_name));
}
