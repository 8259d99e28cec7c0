/** The header: where the customer is, search, cart, language. */
import { onBasket, pieces } from "/site/parts/basket.js";
import { el, icon, mark } from "/site/parts/dom.js";
import { switchLanguage, texts } from "/site/parts/language.js";
import { shop } from "/site/parts/which.js";

/** Draw the header into its place; `here` is the page's name. */
export function drawHeader(here) {
  const say = texts();
  const head = document.querySelector(".head");
  // What is being typed outlives a change of language.
  const typed = head.querySelector("input")?.value ?? new URLSearchParams(location.search).get("q") ?? "";
  const row = el(
    "div",
    { class: "head-row" },
    el("a", { class: "brand", href: "/", "aria-current": here === "home" ? "page" : null }, mark(), el("span", {}, shop.name, el("small", {}, say.tagline))),
    searchField(say, typed),
    el(
      "nav",
      { "aria-label": say.menu },
      ...(say.services ? [link("/plan", "plan", say.planShort, here === "plan", "wide"), link("/news", "news", say.newsShort, here === "news", "wide")] : []),
      link("/live", "live", say.live, here === "live"),
      el("button", { type: "button", onclick: switchLanguage, lang: say.otherLanguage === "English" ? "en" : "ja" }, icon("language"), el("span", { class: "word" }, say.otherLanguage)),
      cartLink(say, here === "cart"),
    ),
  );
  head.replaceChildren(el("a", { class: "skip", href: "#main" }, say.skip), row);
}

/** Keep the number on the cart true. */
export function followBasket() {
  onBasket(() => {
    const old = document.querySelector(".cart-link");
    old.replaceWith(cartLink(texts(), old.hasAttribute("aria-current")));
  });
}

function searchField(say, typed) {
  const input = el("input", { type: "search", name: "q", id: "search", placeholder: say.searchHint, autocomplete: "off", maxlength: 100, enterkeyhint: "search" });
  input.value = typed;
  return el("form", { class: "search", role: "search", action: "/" }, el("label", { class: "hidden", for: "search" }, say.search), icon("search"), input);
}

function cartLink(say, current) {
  const n = pieces();
  const attributes = { class: "cart-link", href: "/cart", "aria-current": current ? "page" : null };
  return el("a", attributes, icon("cart"), el("span", { class: "word" }, say.cart), el("span", { class: "badge" }, String(n)), el("span", { class: "hidden" }, say.pieces(n)));
}

function link(href, picture, word, current, style = null) {
  return el("a", { class: style, href, "aria-current": current ? "page" : null }, icon(picture), el("span", { class: "word" }, word));
}
