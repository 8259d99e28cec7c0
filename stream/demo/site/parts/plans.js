/** Subscriptions: which plan this browser's customer has and how much of it is used; using it is told as a `usage` event. */
import { el } from "/site/parts/dom.js";
import { plansOf } from "/site/parts/goods.js";
import { money, number, onLanguage, texts } from "/site/parts/language.js";
import { offers } from "/site/parts/offers.js";
import { sayInPassing } from "/site/parts/page.js";
import { kept } from "/site/parts/which.js";
import { about, connected, track } from "/site/shop.js";

/** What is metered, by line of plans: as the catalogue names it, and how things stand in the beginning. */
const LINES = {
  cloud: { metric: "storage_gb", begins: { plan: "cloud-s", used: 31 } },
  news: { metric: "articles", begins: { plan: "news-free", used: 0, read: [] }, monthly: true },
};
const AGAIN_MS = 2000;
let offered = [null, null];

/** Return the plans of a line, the smallest first; asks the shop until it answers. */
export async function knownPlans(family) {
  for (;;) {
    const plans = await plansOf(family).catch(() => null);
    if (plans !== null) return plans;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Return {plan, used, …} of a line. */
export function meter(family) {
  try {
    return JSON.parse(localStorage.getItem(kept(`meter.${family}`))) ?? LINES[family].begins;
  } catch {
    return LINES[family].begins; // what stands there is not ours
  }
}

/** Have this much of a line used, and tell it where the plan has a limit. */
export function use(family, change, plans) {
  const now = { ...meter(family), ...change };
  localStorage.setItem(kept(`meter.${family}`), JSON.stringify(now));
  tellUsage(family, plans);
}

/** Tell the meter as it stands. */
export function tellUsage(family, plans) {
  const now = meter(family);
  const limit = limitOf(plans.find((plan) => plan.item_id === now.plan), family);
  if (!Number.isFinite(limit)) return;
  const { metric, monthly } = LINES[family];
  track("usage", { plan_id: now.plan, metric, used: now.used, limit, ...(monthly ? { resets_ms: nextMonthMs() } : {}) });
}

/** Return how much a plan allows; Infinity for a plan without a limit. */
export function limitOf(plan, family) {
  const said = plan?.specs?.[`limit:${LINES[family].metric}`];
  return typeof said === "number" ? said : Infinity;
}

/** Take another plan, as a purchase; then the meter stands against that one's limit. */
export async function choosePlan(family, plan, plans) {
  if (offered[0]?.items.some((item) => item.item_id === plan.item_id)) (await connected).chosen({ ...plan, index: 0 }, "plans");
  await track("purchase", { ...about([[plan, 1]]), transaction_id: crypto.randomUUID() });
  use(family, { plan: plan.item_id }, plans);
  sayInPassing(texts().changed(plan.item_name));
}

/** Return the plan that the customer has, and how much of it is used. */
export function meterBox(say, family, plans, unit) {
  const now = meter(family);
  const plan = plans.find((one) => one.item_id === now.plan);
  const limit = limitOf(plan, family);
  const words = Number.isFinite(limit) ? say.used(number(now.used), number(limit), unit) : say.unlimited;
  const bar = Number.isFinite(limit) ? el("progress", { class: now.used >= 0.8 * limit ? "near" : null, max: limit, value: Math.min(now.used, limit), "aria-labelledby": "used" }) : null;
  return el(
    "section",
    { class: "sheet meter", "aria-labelledby": "your-plan" },
    el("h2", { id: "your-plan" }, say.yourPlan),
    el("p", { class: "meter-plan" }, el("strong", {}, plan?.item_name ?? ""), el("span", {}, priceOf(say, plan))),
    el("p", { id: "used", role: "status" }, words),
    bar,
  );
}

/** Return all plans of the line, to choose from. */
export function planTable(say, family, plans, unit, changed) {
  const now = meter(family).plan;
  const row = (plan) => {
    const limit = limitOf(plan, family);
    const mine = plan.item_id === now;
    const choose = async () => {
      await choosePlan(family, plan, plans);
      changed();
    };
    return el(
      "li",
      { class: mine ? "plan mine" : "plan", id: plan.item_id },
      el("strong", {}, shortName(plan)),
      el("span", { class: "price" }, priceOf(say, plan)),
      el("span", {}, Number.isFinite(limit) ? say.upTo(`${number(limit)} ${unit}`) : say.unlimited),
      mine ? el("span", { class: "plan-mine" }, say.current) : el("button", { class: "button plain", type: "button", "aria-label": `${say.choosePlan}: ${plan.item_name}`, onclick: choose }, say.choosePlan),
    );
  };
  return el("section", { "aria-labelledby": "all-plans" }, el("h2", { id: "all-plans" }, say.allPlans), el("ul", { class: "plans" }, ...plans.map(row)));
}

/** Return the place where another plan of the line is suggested, with the button that takes it. */
export function planOffer(family, plans, changed) {
  const place = el("div", { class: "plan-offer" }, offers("plans", { add: false, href: "#{item_id}" }), el("div", { class: "set-foot" }));
  place.show = () => {
    const item = offered[0]?.items.find((one) => plans.some((plan) => plan.item_id === one.item_id));
    place.hidden = item === undefined;
    if (item === undefined) return;
    const plan = plans.find((one) => one.item_id === item.item_id);
    const take = async () => {
      await choosePlan(family, plan, plans);
      changed();
    };
    place.querySelector(".set-foot").replaceChildren(el("button", { class: "button", type: "button", onclick: take }, texts().chooseNamed(shortName(plan), money(plan.price, plan.currency))));
  };
  place.show();
  return place;
}

/** Follow the plans that are suggested. Call once a page. */
export async function followPlans() {
  const showAll = () => {
    for (const place of document.querySelectorAll(".plan-offer")) place.show();
  };
  onLanguage(showAll);
  (await connected).subscribe("plans", (list, offer) => {
    offered = [list, offer];
    showAll();
  });
}

/** Return the plan's name without the line's, which stands above it. */
function shortName(plan) {
  return plan.item_name.split(" ").at(-1);
}

function priceOf(say, plan) {
  return plan?.price ? say.monthly(money(plan.price, plan.currency)) : say.free;
}

function nextMonthMs() {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth() + 1, 1).getTime();
}
