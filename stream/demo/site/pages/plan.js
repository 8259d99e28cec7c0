/** The customer's plan for storing photos: how much is used, and what else there is. */
import { el } from "/site/parts/dom.js";
import { followOffersTime, knewStrip } from "/site/parts/knew.js";
import { openPage } from "/site/parts/page.js";
import { followPlans, knownPlans, limitOf, meter, meterBox, planOffer, planTable, use } from "/site/parts/plans.js";

const FAMILY = "cloud";
const UPLOADS_GB = [10, 50];
const TIDIED_GB = 5;
let plans = [];

const redraw = openPage("plan", draw);
followPlans();
followOffersTime();
open();

async function open() {
  plans = await knownPlans(FAMILY);
  redraw();
}

function draw(say) {
  const top = el("div", {}, el("h1", {}, say.planTitle), el("p", { class: "lead" }, say.planLead));
  if (plans.length === 0) return { title: say.planTitle, nodes: [top] };
  const box = meterBox(say, FAMILY, plans, say.gigabytes);
  box.append(actions(say));
  const left = el("div", { class: "plan-side" }, box, planOffer(FAMILY, plans, redraw));
  return { title: say.planTitle, nodes: [top, el("div", { class: "plan-page" }, left, planTable(say, FAMILY, plans, say.gigabytes, redraw)), knewStrip()] };
}

function actions(say) {
  const { plan, used } = meter(FAMILY);
  const limit = limitOf(plans.find((one) => one.item_id === plan), FAMILY);
  const store = (gb) => () => {
    use(FAMILY, { used: Math.min(limit, used + gb) }, plans);
    redraw();
    document.querySelector(".meter .button")?.focus();
  };
  const tidy = () => {
    use(FAMILY, { used: TIDIED_GB }, plans);
    redraw();
  };
  const uploads = UPLOADS_GB.map((gb) => el("button", { class: "button", type: "button", disabled: used >= limit, onclick: store(gb) }, say.upload(gb)));
  return el("div", { class: "meter-row" }, ...uploads, el("button", { class: "button plain", type: "button", onclick: tidy }, say.tidy), used >= limit ? el("p", { class: "meter-full" }, say.full) : null);
}
