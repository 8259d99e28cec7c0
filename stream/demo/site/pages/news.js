/** The newspaper: what there is to read, and how much of the month's articles is read. */
import { el } from "/site/parts/dom.js";
import { followOffersTime, knewStrip } from "/site/parts/knew.js";
import { language } from "/site/parts/language.js";
import { openPage } from "/site/parts/page.js";
import { followPlans, knownPlans, meter, meterBox, planOffer, planTable, use } from "/site/parts/plans.js";
import { ARTICLES } from "/site/texts/sample/articles.js";
import { tile } from "/site/tiles/tile.js";

const FAMILY = "news";
let plans = [];

const redraw = openPage("news", draw);
followPlans();
followOffersTime();
open();

async function open() {
  plans = await knownPlans(FAMILY);
  redraw();
}

function draw(say) {
  const top = el("div", {}, el("h1", {}, say.newsTitle), el("p", { class: "lead" }, say.newsLead));
  const list = el("ul", { class: "articles" }, ...ARTICLES.map((article, place) => row(say, article, place + 1)));
  if (plans.length === 0) return { title: say.newsTitle, nodes: [top, list] };
  const box = meterBox(say, FAMILY, plans, say.articlesUnit);
  const anew = () => {
    use(FAMILY, { used: 0, read: [] }, plans);
    redraw();
  };
  box.append(el("div", { class: "meter-row" }, el("button", { class: "button plain", type: "button", onclick: anew }, say.beginAgain)));
  const beside = el("div", { class: "plan-side" }, box, planOffer(FAMILY, plans, redraw), planTable(say, FAMILY, plans, say.articlesUnit, redraw));
  return { title: say.newsTitle, nodes: [top, el("div", { class: "plan-page" }, list, beside), knewStrip()] };
}

function row(say, article, number) {
  const { title, lead } = article[language()];
  const read = meter(FAMILY).read.includes(number);
  return el("li", { class: "article-row" }, tile({ item_id: `article-${number}`, item_name: article.drawn }), el("div", {}, el("a", { href: `/news/${number}` }, title), read ? el("span", { class: "read" }, say.read) : null, el("p", {}, lead)));
}
