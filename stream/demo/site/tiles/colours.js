/**
 * Colours of the tiles: a thing's own (main, deep, light), an accent, and grounds that it stands well on.
 * A colour that the title names is taken; else one of those that suit most things.
 */
const LEAF = "#5f8a5f";

const COLOURS = {
  red: { words: "red scarlet ruby cherry strawberry retrospot", tones: ["#c9432f", "#93291f", "#ea8877"], accents: ["#f3c657", "#fff6e6"], grounds: ["#f6e0c8", "#cfe0da", "#f5cdbf", "#2e4a4e"] },
  pink: { words: "pink rose fuschia raspberry bling", tones: ["#e2849f", "#b8557a", "#f7c2cf"], accents: ["#f6d27a", "#8fb7a1"], grounds: ["#fbe9df", "#dbe6d3", "#f7dc9a", "#5a3450"] },
  blue: { words: "blue navy denim sapphire midnight sky aqua", tones: ["#4c7dab", "#2c557d", "#a3c5de"], accents: ["#f2b84b", "#f2a593"], grounds: ["#f6e8cf", "#dce9ec", "#f5d2c4", "#21374e"] },
  green: { words: "green mint olive emerald jade lime garden", tones: ["#5b9068", "#376448", "#b0d0a4"], accents: ["#f0a58a", "#f3d06b"], grounds: ["#f7ebd3", "#e4ead6", "#f6d3c7", "#23413a"] },
  white: { words: "white ivory cream clear pearl lace crystal glass", tones: ["#fbf3e4", "#d3bf9f", "#ffffff"], accents: ["#d9835f", "#e8b94f"], grounds: ["#9fbab1", "#d39a83", "#8199b1", "#b97f92", "#c8a764"] },
  black: { words: "black jet slate", tones: ["#403a47", "#231f29", "#7b7386"], accents: ["#e8b94f", "#e58f85"], grounds: ["#f2e0c9", "#ecc2b2", "#cddad3", "#ebcd74"] },
  silver: { words: "silver grey zinc pewter metal tin steel chrome", tones: ["#a9b3bc", "#76828d", "#dde3e7"], accents: ["#d9705c", "#f0c35c"], grounds: ["#46576c", "#efe2d0", "#e3c4bd", "#678278"] },
  gold: { words: "gold yellow amber brass honey lemon vanilla sunflower", tones: ["#e8b53f", "#b07f22", "#f8de96"], accents: ["#fff6e6", "#c9583f"], grounds: ["#3e4b68", "#f8ecd8", "#d0e1d6", "#7c3d54"] },
  purple: { words: "purple lavender violet lilac amethyst plum mauve", tones: ["#8b6aa8", "#5f4480", "#c6aed9"], accents: ["#f3cd72", "#f4ece0"], grounds: ["#f3e6d6", "#dedaee", "#f5d6d2", "#ecd08a"] },
  orange: { words: "orange copper coral peach apricot terracotta", tones: ["#e0823f", "#a9571f", "#f6bf90"], accents: ["#fff3df", "#5d8f8a"], grounds: ["#f8ead6", "#cfe2df", "#f6d9ae", "#3b4560"] },
  brown: { words: "brown chocolate wood wooden natural wicker rustic coffee woodland", tones: ["#a2704d", "#6c462d", "#d6ae8b"], accents: ["#f1c766", "#9cbf9b"], grounds: ["#f6e8d3", "#d2dfd8", "#f4d1b8", "#e6d9c3"] },
  turquoise: { words: "turquoise teal spaceboy seaside", tones: ["#4aa09d", "#276e6d", "#a9d8d1"], accents: ["#f4bd62", "#f3a492"], grounds: ["#f8ead5", "#d9ebe6", "#f7d6c8", "#2a3f57"] },
};
const ANY = ["red", "pink", "blue", "green", "gold", "purple", "orange", "turquoise", "white"];
const BY_WORD = new Map(Object.entries(COLOURS).flatMap(([name, one]) => one.words.split(" ").map((word) => [word, name])));


/** Return the tones of an item with these words in its title; `pick(n)` chooses one of n, always the same for one item. */
export function tonesOf(words, pick) {
  const named = words.find((word) => word in COLOURS) ?? words.map((word) => BY_WORD.get(word)).find(Boolean);
  const { tones, accents, grounds } = COLOURS[named ?? ANY[pick(ANY.length)]];
  const [main, deep, light] = tones;
  const ground = grounds[pick(grounds.length)];
  return { main, deep, light, accent: accents[pick(accents.length)], ground, dark: isDark(ground), leaf: main === COLOURS.green.tones[0] ? deep : LEAF, paper: "#fff8ec", ink: "#33242f", glow: "#fbe3a6", flame: "#f29b38" };
}

function isDark(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 110;
}
