/** Titles of goods, which some shops' books shout, in reading case. */
const SHOUTS = (globalThis.document?.documentElement.dataset.titles ?? "shouted") === "shouted";
const SMALL = new Set("a an and at by de du en et for from in la le of on or the to with".split(" "));
// Two or more letters shouted, and what belongs to the title around them: figures, signs, single letters.
const SHOUTED = /(?:[\d/+&'’S]+ +)*(?<![\p{L}])\p{Lu}[\p{Lu}\d'’/+&.,-]*\p{Lu}(?![\p{Ll}])(?:[ ,/+&-]+(?:\p{Lu}[\p{Lu}\d'’/+&-]*|\d[\p{Lu}\d'’/-]*|&|\+)(?![\p{Ll}]))*/gu;
const WHOLE = new Set(["tv", "uk", "usa", "diy", "led", "3d", "ii", "iii"]);

/** Return `title` with capitals where English titles have them: "SET OF 3 T-LIGHTS" is "Set of 3 T-Lights". */
export function inTitleCase(title) {
  if (!SHOUTS) return title;
  const words = title.trim().toLowerCase().split(/\s+/u);
  return words.map((word, place) => (place > 0 && SMALL.has(word) ? word : capital(word))).join(" ");
}

/** Return a sentence with the shouted titles in it in reading case; what is not shouted stays. */
export function inReadingCase(sentence) {
  return !SHOUTS ? sentence : sentence.replace(SHOUTED, (title) => inTitleCase(title));
}

function capital(word) {
  if (WHOLE.has(word)) return word.toUpperCase();
  // A letter after an apostrophe stays small (Mum's), save in O'Clock's kind of name, which the shop has none of.
  return word.replace(/(^|[^\p{L}\p{N}'’])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase());
}
