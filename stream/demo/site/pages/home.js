/** The shop window: departments, search as one types, and the goods. */
import { el, icon } from "/site/parts/dom.js";
import { departments, searchGoods } from "/site/parts/goods.js";
import { language, money, number, texts } from "/site/parts/language.js";
import { openPage } from "/site/parts/page.js";
import { inTitleCase } from "/site/parts/title.js";
import { track } from "/site/shop.js";
import { tile } from "/site/tiles/tile.js";

const TYPING_MS = 200; // between two letters; a search waits so long
const SETTLED_MS = 1000; // after so long a search was meant
const AGAIN_MS = 2000;
const asked = new URLSearchParams(location.search);
const shown = { q: asked.get("q") ?? "", group: asked.get("group") ?? "", page: 0, pages: 0, total: 0, items: [], groups: [], greeting: [], away: false };
let running = null;
let typing = 0;
let settled = 0;

const redraw = openPage("home", draw);
document.querySelector(".head").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => look({ q: event.target.value.trim() }), TYPING_MS);
});
document.querySelector(".head").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  look({ q: event.target.elements.q.value.trim() });
});
look({});
fill();

async function fill() {
  const [groups, ...greeting] = await Promise.all([departments(), ...texts().window.map((q) => searchGoods({ q }))]).catch(() => [[]]);
  Object.assign(shown, { groups, greeting: greeting.flatMap((found) => found.items.slice(0, 1)) });
  redraw();
}

async function look(change) {
  const wanted = { q: shown.q, group: shown.group, ...change };
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const found = await searchGoods({ ...wanted, page: 1 }, signal);
    Object.assign(shown, wanted, found, { page: 1, away: false });
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    history.replaceState(null, "", query.size ? `/?${query}` : "/");
    tellSearch(wanted.q);
  } catch {
    if (signal.aborted) return; // a newer search took its place
    shown.away = true;
    setTimeout(() => shown.away && look(wanted), AGAIN_MS);
  }
  redraw();
}

async function lookFurther() {
  const found = await searchGoods({ q: shown.q, group: shown.group, page: shown.page + 1 }).catch(() => null);
  if (found === null) return;
  const first = shown.items.length;
  Object.assign(shown, { page: shown.page + 1, items: [...shown.items, ...found.items] });
  redraw();
  document.querySelectorAll(".good a")[first]?.focus();
}

function tellSearch(q) {
  clearTimeout(settled);
  if (q) settled = setTimeout(() => track("search", { search_term: q }), SETTLED_MS);
}

function draw(say) {
  return { title: say.tagline, nodes: [greeting(say), services(say), chips(say), ...goods(say)] };
}

function greeting(say) {
  const tiles = shown.greeting.map((good) => tile(good));
  return el("section", { class: "hero" }, el("div", {}, el("h1", {}, say.hero), el("p", {}, say.heroMore)), el("div", { class: "hero-tiles" }, ...tiles));
}

/** What the shop has beside goods. */
function services(say) {
  if (!say.services) return null;
  const card = (href, name, title, words) => el("a", { class: "service", href }, icon(name), el("span", {}, el("strong", {}, title), el("span", {}, words)));
  return el("nav", { class: "services", "aria-label": say.services }, card("/plan", "plan", say.planTitle, say.planCard), card("/news", "news", say.newsTitle, say.newsCard));
}

function chips(say) {
  const chip = (group, title) =>
    el("button", { class: "chip", type: "button", "aria-pressed": String(shown.group === group), onclick: () => look({ group }) }, title);
  const named = shown.groups.map(({ group, title }) => chip(group, title[language()]));
  return el("section", { class: "chips", role: "group", "aria-label": say.departments }, chip("", say.everything), ...named);
}

function goods(say) {
  const group = shown.groups.find((one) => one.group === shown.group);
  const heading = shown.q ? say.results(shown.q) : (group?.title[language()] ?? say.mostLoved);
  const counted = shown.page === 0 ? "" : say.found(number(shown.total), shown.total);
  const more = shown.page < shown.pages ? el("button", { class: "button plain", type: "button", onclick: lookFurther }, say.more) : null;
  return [
    el("div", { class: "found" }, el("h2", {}, heading), el("p", { role: "status" }, shown.away ? say.away : counted)),
    shown.page > 0 && shown.total === 0 ? el("p", { class: "empty" }, say.nothing) : el("ul", { class: "goods" }, ...(shown.page === 0 ? waiting() : shown.items.map(card))),
    el("div", { class: "more" }, ...(more ? [more] : [])),
  ];
}

function card(good) {
  const picture = tile(good);
  const follow = () => {
    picture.style.viewTransitionName = "picture"; // grows into the item's page
  };
  return el("li", { class: "good" }, picture, el("a", { class: "good-name", href: `/item/${encodeURIComponent(good.item_id)}`, onclick: follow }, inTitleCase(good.item_name)), el("span", { class: "price" }, money(good.price, good.currency)));
}

function waiting() {
  return Array.from({ length: 12 }, () => el("li", { class: "good", "aria-hidden": "true" }, el("div", { class: "good-tile" }), el("span", { class: "good-name" }), el("span", { class: "price" }, "\u00a0")));
}

addEventListener("pageshow", () => {
  for (const picture of document.querySelectorAll(".good .good-tile")) picture.style.viewTransitionName = "";
});
