/** One article; reading it counts, and at the meter's end only its beginning is shown. */
import { el } from "/site/parts/dom.js";
import { followOffersTime, knewStrip } from "/site/parts/knew.js";
import { language } from "/site/parts/language.js";
import { openPage } from "/site/parts/page.js";
import { followPlans, knownPlans, limitOf, meter, meterBox, planOffer, tellUsage, use } from "/site/parts/plans.js";
import { ARTICLES } from "/site/texts/sample/articles.js";
import { tile } from "/site/tiles/tile.js";

const FAMILY = "news";
const number = Number(location.pathname.split("/").at(-1));
const article = ARTICLES[number - 1];
let plans = [];

const redraw = openPage("article", draw);
followPlans();
followOffersTime();
open();

async function open() {
  plans = await knownPlans(FAMILY);
  if (article) count();
  redraw();
}

/** Whether the meter lets this article be read. */
function opens() {
  const { plan, used, read } = meter(FAMILY);
  return read.includes(number) || used < limitOf(plans.find((one) => one.item_id === plan), FAMILY);
}

function count() {
  const { used, read } = meter(FAMILY);
  if (read.includes(number)) return;
  if (opens()) use(FAMILY, { used: used + 1, read: [...read, number] }, plans);
  else tellUsage(FAMILY, plans);
}

function changed() {
  count();
  redraw();
}

function draw(say) {
  if (!article) return { title: say.newsTitle, nodes: [el("div", { class: "empty" }, el("h1", {}, say.newsTitle), el("a", { class: "button", href: "/news" }, say.backToNews))] };
  const { title, lead, text } = article[language()];
  const ready = plans.length > 0;
  const body = !ready ? [] : opens() ? text.map((words) => el("p", {}, words)) : [el("div", { class: "gate" }, el("h2", {}, say.gate), el("p", {}, say.gateMore))];
  const read = el("article", { class: "article" }, el("a", { href: "/news" }, say.backToNews), el("h1", {}, title), tile({ item_id: `article-${number}`, item_name: article.drawn }), el("p", { class: "lead" }, lead), ...body);
  const beside = ready ? el("div", { class: "plan-side" }, meterBox(say, FAMILY, plans, say.articlesUnit), planOffer(FAMILY, plans, changed)) : el("div");
  return { title, nodes: [el("div", { class: "plan-page" }, read, beside), knewStrip()] };
}
