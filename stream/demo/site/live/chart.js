/** One figure over time as a small drawing, with its value in words beside it. */
import { drawing, el } from "/site/parts/dom.js";

const [WIDTH, HEIGHT, EDGE] = [320, 96, 6];

/**
 * Return {node, show}: a figure that `show(samples)` draws anew.
 *
 * `series` are [name, value(sample), format(value)]; a value may be null where nothing was measured.
 * `floor`: the least range of the upright axis, so that noise about a steady value stays flat.
 */
export function chart({ title, meaning, series, floor, range, waiting }) {
  const now = series.map(([name]) => el("span", { class: "chart-now" }, el("strong", {}, "–"), el("span", {}, name)));
  const plot = el("div", { class: "chart-plot", role: "img", "aria-label": `${title}: ${waiting}` });
  const between = el("span", {}, "");
  const node = el("figure", { class: "chart" }, el("figcaption", {}, el("h3", {}, title), el("p", {}, meaning)), el("p", { class: "chart-values" }, ...now), plot, el("p", { class: "chart-range" }, between));
  const show = (samples) => {
    const courses = series.map(([, value]) => samples.map(value));
    const all = courses.flat().filter((value) => value !== null);
    if (all.length === 0) return;
    const [low, high] = [Math.min(...all), Math.max(...all)];
    plot.replaceChildren(drawing(lines(courses, low, Math.max(high, low + floor))));
    const said = series.map(([name, , format], place) => {
      const last = courses[place].findLast((value) => value !== null);
      const words = last === undefined ? "–" : format(last);
      now[place].firstChild.textContent = words;
      return `${name} ${words}`;
    });
    const format = series[0][2];
    between.textContent = range(format(low), format(high));
    plot.setAttribute("aria-label", `${title}: ${said.join(", ")}; ${between.textContent}`);
  };
  return { node, show };
}

function lines(courses, low, high) {
  const length = Math.max(...courses.map((course) => course.length));
  const x = (place) => (WIDTH * (place + 240 - length)) / 239;
  const y = (value) => HEIGHT - EDGE - ((HEIGHT - 2 * EDGE) * (value - low)) / (high - low);
  const grid = [0, 0.5, 1].map((share) => `M0 ${EDGE + share * (HEIGHT - 2 * EDGE)}H${WIDTH}`).join("");
  const paths = courses.map((course, place) => {
    const known = course.flatMap((value, at) => (value === null ? [] : [`${x(at).toFixed(1)} ${y(value).toFixed(1)}`]));
    return known.length > 0 ? `<path class="chart-line line-${place + 1}" d="M${known.join("L")}"/>` : "";
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="chart-grid" d="${grid}"/>${paths.join("")}</svg>`;
}
