/** A picture of every item, drawn from its id and title: always the same one, without a single file. */
import { drawing } from "/site/parts/dom.js";
import { backdrop, cloth } from "/site/tiles/backdrops.js";
import { tonesOf } from "/site/tiles/colours.js";
import { CARE } from "/site/tiles/motifs/care.js";
import { HOME } from "/site/tiles/motifs/home.js";
import { PHOTO } from "/site/tiles/motifs/photo.js";
import { SMALL } from "/site/tiles/motifs/small.js";
import { SUBJECTS } from "/site/tiles/motifs/subjects.js";
import { TABLE } from "/site/tiles/motifs/table.js";
import { ring, round, star } from "/site/tiles/paths.js";
import { inDrawnWords } from "/site/tiles/words_ja.js";

const THINGS = byWord([...TABLE, ...HOME, ...SMALL, ...PHOTO, ...CARE]);
const PAINTED = byWord(SUBJECTS);
const VAGUE = new Set("christmas xmas noel advent tea magic kitchen hanging wall art set kit gift cover time tin metal".split(" ")); // says little beside another thing
const PHRASES = [["hot water bottle", "hot-water"], ["ice cream", "ice-cream"], ["paper chain", "garland"], ["cake case", "cupcake case"], ["bull dog", "dog"], ["key ring", "keyring"]];
const DECOR = new Set("with in on for and design".split(" ")); // what follows describes, and names no thing
const PLAIN = [
  (c) => [["main", ring(100, 100, 30, 6, (x, y) => round(x, y, 26))], ["light", round(100, 100, 26)], [c.accent ? "accent" : "deep", round(100, 100, 12)]],
  () => [["main", star(100, 100, 66, 44, 12)], ["light", round(100, 100, 34)], ["accent", star(100, 100, 24, 14, 8)]],
  () => [["main", "M100 34a66 66 0 0 1 0 132z"], ["accent", "M100 34a66 66 0 0 0 0 132z"], ["light", round(100, 100, 30)]],
  () => [["main", round(78, 92, 44)], ["accent", round(128, 84, 28)], ["light", round(116, 134, 34)]],
];
let drawn = 0; // makes the ids of clips differ

/** Return the drawing of an item ({item_id, item_name}), to be shown at any size. It says nothing to a screen reader: the title stands beside it. */
export function tile({ item_id: itemId, item_name: title }) {
  const words = wordsOf(title ?? "");
  const pick = picker(itemId);
  const tones = tonesOf(words, pick);
  const ground = `<rect width="200" height="200" fill="${tones.ground}"/><path d="${backdrop(pick)}" fill="${tones.dark ? "#fff" : tones.light}" opacity="${tones.dark ? 0.09 : 0.34}"/>`;
  return drawing(`<svg class="good-tile" viewBox="0 0 200 200" preserveAspectRatio="xMidYMid slice" aria-hidden="true" focusable="false">${ground}${figure(words, tones, pick)}</svg>`);
}

function figure(words, tones, pick) {
  const thing = thingIn(words);
  const subject = words.map((word) => PAINTED.get(word)).find(Boolean);
  const shade = '<ellipse cx="100" cy="164" rx="58" ry="7" fill="#33242f" opacity=".13"/>';
  if (thing === undefined && subject === undefined) return layers(PLAIN[pick(PLAIN.length)](tones), tones);
  if (thing === undefined) return `<g transform="translate(100 102) rotate(${pick(13) - 6}) scale(1.3)">${layers(subject.layers, tones)}</g>`;
  const pattern = cloth(words);
  const whole = layers(thing.layers, tones, pattern) + (subject && thing.face ? painted(subject, thing.face, tones) : "");
  const some = severalIn(words) && !thing.flat;
  if (!some) return `${thing.flat ? "" : shade}${whole}`;
  const other = { ...tones, main: tones.accent, light: tones.paper, accent: tones.light };
  const behind = layers(thing.layers, other, pattern);
  return `${shade}<g transform="translate(4 62) scale(.6)">${behind}</g><g transform="translate(76 62) scale(.6)">${behind}</g><g transform="translate(23 36) scale(.77)">${whole}</g>`;
}

function layers(all, tones, pattern = null) {
  return all.map(([tone, path, width]) => (tone === "body" ? body(path, width, tones, pattern) : area(path, tones[tone], width))).join("");
}

function body(path, width, tones, pattern) {
  const plain = area(path, tones.main, width);
  if (pattern === null || width !== undefined) return plain;
  const clip = `cloth-${(drawn += 1)}`;
  const print = area(pattern.path, tones.main === "#fbf3e4" ? tones.accent : tones.paper, pattern.line);
  return `${plain}<clipPath id="${clip}"><path d="${path}"/></clipPath><g clip-path="url(#${clip})" opacity="${pattern.faint ? 0.4 : 0.92}">${print}</g>`;
}

function painted(subject, [x, y, scale], tones) {
  const paint = { ...tones, main: tones.accent, deep: tones.deep, light: tones.paper, accent: tones.light };
  return `<circle cx="${x}" cy="${y}" r="${Math.round(58 * scale)}" fill="${tones.paper}"/><g transform="translate(${x} ${y}) scale(${(scale * 0.86).toFixed(3)})">${layers(subject.layers, paint)}</g>`;
}

function area(path, colour, width) {
  if (width === undefined) return `<path d="${path}" fill="${colour}"/>`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function thingIn(words) {
  const end = words.findIndex((word, place) => place > 0 && DECOR.has(word));
  const named = end === -1 ? words : words.slice(0, end);
  const last = (some) => THINGS.get(some.findLast((word) => THINGS.has(word)));
  return last(named.filter((word) => !VAGUE.has(word))) ?? last(named) ?? last(words);
}

function severalIn(words) {
  return words.some((word) => ["set", "pack", "pair", "assorted", "asstd"].includes(word)) && words.some((word) => /^\d+$/u.test(word) || word === "pair" || word === "assorted");
}

function wordsOf(title) {
  const phrased = PHRASES.reduce((text, [said, meant]) => text.replace(said, meant), inDrawnWords(title).toLowerCase());
  return phrased.split(/[^\p{L}\p{N}-]+/u).filter(Boolean);
}

function byWord(motifs) {
  return new Map(motifs.flatMap((motif) => motif.words.split(" ").map((word) => [word, motif])));
}

/** Return a chooser that gives the same choices for the same id (FNV-1a, then a multiplicative step each time). */
function picker(itemId) {
  let state = 2166136261;
  for (const letter of itemId) state = Math.imul(state ^ letter.codePointAt(0), 16777619) >>> 0;
  return (n) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 1) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) % n;
  };
}
