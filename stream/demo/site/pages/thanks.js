/** After an order. */
import { el } from "/site/parts/dom.js";
import { openPage } from "/site/parts/page.js";
import { kept } from "/site/parts/which.js";
import { tile } from "/site/tiles/tile.js";

openPage("thanks", draw);

function draw(say) {
  const tiles = bought().map((good) => tile(good));
  return {
    title: say.thanks,
    nodes: [
      el(
        "div",
        { class: "thanks" },
        el("h1", {}, say.thanks),
        el("p", {}, say.thanksMore),
        el("div", { class: "privacy-row" }, el("a", { class: "button", href: "/live" }, say.thanksLive), el("a", { class: "button plain", href: "/" }, say.keepLooking)),
      ),
      el("div", { class: "bought" }, ...tiles),
    ],
  };
}

function bought() {
  return JSON.parse(sessionStorage.getItem(kept("bought")) ?? "[]");
}
