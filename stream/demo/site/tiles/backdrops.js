/** What stands behind a thing: one calm shape; and the cloth that a thing is made of, by the words of its title. */
import { rect, round } from "/site/tiles/paths.js";

const wide = (step, shape) => Array.from({ length: Math.ceil(200 / step) }, (_, i) => shape(i * step)).join("");

const BACKDROPS = [
  () => rect(0, 140, 200, 60),
  () => round(100, 100, 78),
  () => rect(34, 26, 132, 174, 0, 66),
  () => wide(40, (x) => rect(x, 0, 20, 200)),
  () => round(158, 44, 62),
  () => "M0 150q50-34 100 0t100 0v50H0z",
  () => `${rect(0, 140, 200, 60)}${round(46, 52, 24)}`,
];

/** Return the path of the backdrop that `pick` chooses. */
export function backdrop(pick) {
  return BACKDROPS[pick(BACKDROPS.length)]();
}

/** Return a fine pattern over the whole square: its path and, for lines, how wide they are; or null for plain cloth. */
export function cloth(words) {
  const has = (...any) => any.some((word) => words.includes(word));
  if (has("retrospot", "polkadot", "spot", "spots", "spotty", "dotcom", "dots")) return { path: dots(18, 4.4) };
  if (has("stripe", "stripes", "stripey", "striped", "deckchair", "circus")) return { path: wide(20, (x) => rect(x, 0, 9, 200)) };
  if (has("gingham", "check", "tartan", "suki")) return { path: wide(20, (x) => rect(x, 0, 9, 200) + rect(0, x, 200, 9)), faint: true };
  if (has("paisley", "baroque", "skulls", "vintage", "regency", "doily", "edwardian", "victorian")) return { path: rings(), line: 2, faint: true };
  return null;
}

function dots(step, r) {
  let path = "";
  for (let row = 0, y = 8; y < 200; row += 1, y += step * 0.75) for (let x = row % 2 ? step / 2 : 0; x < 204; x += step) path += round(x, y, r);
  return path;
}

function rings() {
  let path = "";
  for (let row = 0, y = 4; y < 204; row += 1, y += 12) for (let x = row % 2 ? 12 : 0; x < 212; x += 24) path += `M${x - 12} ${y}a12 12 0 0 0 24 0`;
  return path;
}
