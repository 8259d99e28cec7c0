/** What a camera shop sells. Their words are made from Japanese titles by words_ja.js. */
import { corners, rect, round } from "/site/tiles/paths.js";

const lens = (x, y, r) => [["light", round(x, y, r)], ["deep", round(x, y, r * 0.82)], ["ink", round(x, y, r * 0.56)], ["light", round(x - r * 0.2, y - r * 0.2, r * 0.16)]];
const contacts = [68, 80, 92, 104].map((x) => rect(x, 52, 7, 18, 2)).join("");

export const PHOTO = [
  { words: "gear-camera", layers: [["deep", rect(76, 48, 48, 26, 8)], ["accent", rect(48, 60, 20, 12, 4)], ["body", rect(34, 66, 132, 88, 14)], ["deep", rect(34, 90, 132, 42)], ...lens(100, 112, 38), ["accent", round(148, 79, 5)]] },
  { words: "gear-compact", layers: [["deep", rect(58, 62, 24, 14, 5)], ["body", rect(38, 70, 124, 82, 14)], ["light", rect(38, 70, 124, 14, 7)], ...lens(114, 114, 31), ["accent", rect(50, 92, 22, 12, 4)]] },
  { words: "gear-instant", layers: [["paper", rect(64, 118, 72, 58, 3)], ["accent", rect(72, 146, 56, 22, 2)], ["body", rect(42, 46, 116, 94, 20)], ["deep", rect(54, 124, 92, 9, 4)], ...lens(100, 90, 28), ["accent", rect(54, 58, 18, 14, 4)]] },
  { words: "gear-lens", layers: [["body", rect(62, 46, 76, 116, 10)], ["deep", rect(57, 72, 86, 28, 5)], ["deep", rect(60, 118, 80, 9)], ["accent", rect(62, 134, 76, 6)], ["light", round(100, 48, 38, 12)], ["ink", round(100, 48, 30, 8)]] },
  { words: "gear-battery", layers: [["deep", rect(78, 42, 14, 12, 2) + rect(108, 42, 14, 12, 2)], ["body", rect(64, 50, 72, 112, 9)], ["light", rect(64, 50, 72, 22, 9)], ["accent", corners(108, 82, 82, 118, 99, 118, 92, 148, 120, 108, 102, 108)]] },
  { words: "gear-charger", layers: [["deep", "M100 146c0 20 18 8 18 30", 5], ["body", rect(44, 54, 112, 94, 14)], ["deep", rect(56, 68, 38, 66, 5) + rect(106, 68, 38, 66, 5)], ["light", rect(60, 74, 30, 46, 3) + rect(110, 74, 30, 46, 3)], ["accent", round(75, 140, 3.5) + round(125, 140, 3.5)]] },
  { words: "gear-sd", layers: [["body", "M64 42h54l22 22v92c0 4-2 6-6 6H64c-4 0-6-2-6-6V48c0-4 2-6 6-6z"], ["accent", contacts], ["paper", rect(68, 92, 62, 54, 4)], ["deep", rect(76, 104, 46, 10, 3) + rect(76, 122, 30, 7, 3)]] },
  { words: "gear-sling", layers: [["deep", "M58 118C54 26 152 22 144 96", 9], ["body", rect(46, 82, 108, 78, 24)], ["light", rect(46, 82, 108, 28, 18)], ["accent", rect(90, 102, 20, 14, 4)]] },
  { words: "gear-shoulder", layers: [["deep", "M56 92C60 22 140 22 144 92", 7], ["body", rect(42, 82, 116, 76, 12)], ["light", "M42 94c0-8 4-12 12-12h92c8 0 12 4 12 12v22H42z"], ["accent", rect(66, 106, 12, 22, 3) + rect(122, 106, 12, 22, 3)]] },
  { words: "gear-pack", layers: [["deep", "M84 48c0-20 32-20 32 0", 7], ["body", rect(54, 46, 92, 118, 22, 34)], ["light", rect(66, 104, 68, 50, 12)], ["accent", rect(66, 98, 68, 9, 4)], ["deep", rect(92, 120, 16, 7, 3)]] },
  { words: "gear-case", layers: [["body", rect(54, 60, 92, 98, 16)], ["light", "M54 76c0-10 6-16 16-16h60c10 0 16 6 16 16v22c-22 16-70 16-92 0z"], ["accent", round(100, 108, 8)]] },
  { words: "gear-tripod", layers: [["deep", "M100 84 60 168M100 84l40 84M100 84v84", 8], ["body", rect(76, 42, 48, 22, 6)], ["accent", rect(91, 62, 18, 26, 4)], ["light", round(100, 94, 11)]] },
  { words: "gear-filter", layers: [["body", round(100, 104, 56)], ["deep", round(100, 104, 47)], ["light", round(100, 104, 42)], ["paper", "M74 94c6-14 16-20 28-22M130 118c-5 12-13 18-23 20", 5]] },
  { words: "gear-strap", layers: [["body", "M58 62c-26 62 8 112 44 92 40-24 62-58 42-94", 17], ["deep", rect(48, 48, 18, 24, 5) + rect(134, 46, 18, 24, 5)], ["accent", round(57, 44, 5) + round(143, 42, 5)]] },
  { words: "gear-cloth", layers: [["accent", rect(44, 70, 92, 88, 6)], ["body", rect(56, 54, 92, 88, 6)], ["light", corners(148, 54, 148, 104, 98, 54)], ["deep", "M66 126h50M66 114h30", 3]] },
  { words: "gear-blower", layers: [["deep", corners(93, 34, 107, 34, 113, 84, 87, 84)], ["body", round(100, 122, 42, 44)], ["light", "M72 116c2-14 10-22 20-26", 7], ["accent", rect(82, 78, 36, 13, 5)]] },
  { words: "gear-kit", layers: [["body", rect(44, 96, 112, 64, 10)], ["light", rect(44, 96, 112, 18, 8)], ["accent", rect(60, 48, 14, 56, 5)], ["paper", rect(86, 60, 24, 44, 4)], ["deep", rect(124, 54, 18, 50, 8)], ["accent", rect(92, 122, 16, 12, 3)]] },
  { words: "gear-remote", layers: [["body", rect(70, 40, 60, 124, 20)], ["light", round(100, 78, 19)], ["accent", round(100, 78, 11)], ["deep", rect(86, 112, 28, 9, 4) + rect(86, 130, 28, 9, 4)]] },
  { words: "gear-film", layers: [["paper", rect(44, 50, 64, 82, 3)], ["main", rect(51, 57, 50, 50)], ["paper", rect(90, 74, 64, 82, 3)], ["deep", rect(97, 81, 50, 50)], ["accent", round(122, 106, 13)], ["light", round(72, 80, 11)]] },
];
