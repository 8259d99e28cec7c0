/** What runs behind the shop, as it happens. */
import { chart } from "/site/live/chart.js";
import { passing } from "/site/live/passing.js";
import { el } from "/site/parts/dom.js";
import { duration, language, number, texts } from "/site/parts/language.js";
import { openPage } from "/site/parts/page.js";

const MOST = 240; // samples, of two minutes
const AGAIN_MS = 2000;
const whole = (value) => number(value);
const share = (value) => new Intl.NumberFormat(language(), { style: "percent", minimumFractionDigits: 1 }).format(value);
const SERIES = {
  events: { floor: 20, of: [["events_per_s", whole]] },
  wait: { floor: 20, of: [["p50_ms", duration], ["p99_ms", duration]] },
  hits: { floor: 0.02, of: [["hit_rate", share], ["popular_hit_rate", share]] },
  lag: { floor: 50, of: [["lag", whole]] },
  loss: { floor: 0.2, of: [["log_loss", (value) => number(value, 3)]] },
  memory: { floor: 100, of: [["memory_mib", whole]] },
};
const orders = passing();
let samples = [];
let charts = [];
let paused = false;

openPage("live", draw);
follow();

function follow() {
  const source = new EventSource("/shop/live");
  source.addEventListener("course", (event) => {
    samples = JSON.parse(event.data).samples.slice(-MOST);
    show();
  });
  source.addEventListener("figures", (event) => {
    samples = [...samples, JSON.parse(event.data)].slice(-MOST);
    if (!paused) show();
  });
  source.addEventListener("answer", (event) => orders.tell(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    // A broken stream is mended by the browser; one that was refused is not.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_MS);
  });
}

function draw(say) {
  charts = Object.entries(SERIES).map(([name, { floor, of }]) => {
    const [title, meaning, names] = say.charts[name];
    const series = of.map(([field, format], place) => [names[place], (sample) => sample[field], format]);
    return chart({ title, meaning, series, floor, range: say.range, waiting: say.waitingFigures });
  });
  orders.redraw();
  const top = el("div", { class: "live-top" }, el("div", {}, el("h1", {}, say.liveTitle), el("p", { class: "lead" }, say.liveLead)), pauseButton(say));
  const counts = el("dl", { class: "counts" });
  const figures = el("section", { "aria-labelledby": "figures" }, el("h2", { id: "figures", class: "hidden" }, say.figures), counts, el("div", { class: "charts" }, ...charts.map(({ node }) => node)));
  const stream = el("section", { "aria-labelledby": "passing" }, el("h2", { id: "passing" }, say.passing), el("p", { class: "lead" }, say.passingLead), orders.node);
  queueMicrotask(show);
  return { title: say.liveTitle, nodes: [top, figures, stream] };
}

function pauseButton(say) {
  const turn = ({ target }) => {
    paused = !paused;
    orders.hold(paused);
    target.textContent = paused ? texts().goOn : texts().pause;
  };
  return el("button", { class: "button plain", type: "button", onclick: turn }, paused ? say.goOn : say.pause);
}

function show() {
  for (const one of charts) one.show(samples);
  const say = texts();
  const last = samples.at(-1);
  const count = (term, value) => el("div", {}, el("dt", {}, term), el("dd", {}, value));
  const told = (field, format = number) => (typeof last?.[field] === "number" ? format(last[field]) : "–");
  const day = (ms) => new Intl.DateTimeFormat(language(), { dateStyle: "long", timeZone: "UTC" }).format(ms);
  const rows = [
    count(say.clock, told("clock_ms", day)),
    count(say.events, told("events")),
    count(say.made, told("suggestions")),
    count(say.modelNow, told("model_version")),
    count(say.deadLetters, told("dead_letters")),
  ];
  document.querySelector(".counts").replaceChildren(...rows);
}
