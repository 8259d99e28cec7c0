/** Hair care, and what is subscribed to. Their words are made from Japanese titles by words_ja.js. */
import { rect, ring, round } from "/site/tiles/paths.js";

export const CARE = [
  { words: "care-pump", layers: [["deep", "M100 62V42h28v8", 7], ["light", rect(84, 58, 32, 15, 4)], ["body", rect(60, 71, 80, 94, 12, 22)], ["paper", rect(72, 100, 56, 44, 6)], ["accent", "M100 108c9 11 12 16 12 21a12 12 0 0 1-24 0c0-5 3-10 12-21z"]] },
  { words: "care-treatment", layers: [["deep", rect(84, 40, 32, 24, 6)], ["body", rect(66, 60, 68, 104, 12, 20)], ["paper", rect(76, 92, 48, 48, 6)], ["accent", "M84 124c6-18 16-22 30-20-2 16-12 24-30 20z"]] },
  { words: "care-refill", layers: [["deep", rect(84, 38, 32, 18, 5)], ["body", "M66 54h68l12 24v76c0 6-4 9-10 9H64c-6 0-10-3-10-9V78z"], ["light", "M66 54h68l12 24H54z"], ["paper", rect(70, 94, 60, 46, 6)], ["accent", ring(100, 117, 12, 3, (x, y) => round(x, y, 6))]] },
  { words: "care-oil", layers: [["deep", rect(89, 34, 22, 28, 6)], ["light", rect(82, 58, 36, 13, 4)], ["body", rect(66, 69, 68, 95, 16, 28)], ["accent", "M100 94c14 18 19 25 19 33a19 19 0 0 1-38 0c0-8 5-15 19-33z"]] },
  { words: "care-tube", layers: [["body", "M62 48h76l-12 98H74z"], ["light", rect(58, 40, 84, 14, 4)], ["deep", rect(78, 144, 44, 20, 6)], ["paper", rect(80, 76, 40, 38, 5)], ["accent", round(100, 95, 10)]] },
  { words: "care-jar", layers: [["body", rect(56, 88, 88, 70, 18, 4)], ["deep", rect(52, 64, 96, 28, 9)], ["paper", rect(70, 106, 60, 32, 5)], ["accent", round(100, 122, 9)]] },
  { words: "care-spray", layers: [["deep", rect(88, 36, 24, 20, 5)], ["light", rect(74, 54, 52, 19, 9)], ["body", rect(68, 70, 64, 94, 9)], ["paper", rect(77, 96, 46, 40, 4)], ["accent", round(126, 42, 4) + round(140, 36, 4) + round(140, 49, 4)]] },
  { words: "care-brush", layers: [["deep", rect(89, 112, 22, 60, 9)], ["body", round(100, 80, 44, 50)], ["light", round(100, 80, 34, 39)], ["accent", [68, 82, 96].map((y) => [84, 100, 116].map((x) => round(x, y, 4)).join("")).join("")]] },
  { words: "care-towel", layers: [["accent", rect(48, 122, 104, 36, 16)], ["light", rect(48, 86, 104, 36, 16)], ["body", rect(48, 50, 104, 36, 16)], ["deep", "M130 60v16M130 96v16M130 132v16", 3]] },
  { words: "care-cap", layers: [["body", "M50 130C44 66 76 44 100 44s56 22 50 86z"], ["light", "M72 82c5-11 12-17 21-20", 6], ["accent", rect(44, 122, 112, 22, 11)]] },
  { words: "care-dryer", layers: [["deep", "M94 116l12 54h24l-8-60z"], ["main", rect(126, 62, 34, 46, 6)], ["accent", rect(154, 60, 11, 50, 4)], ["body", round(92, 86, 50, 42)], ["light", round(82, 86, 27)], ["deep", round(82, 86, 18)], ["paper", round(82, 86, 6)]] },
  { words: "plan-cloud", layers: [["body", "M66 138a29 29 0 0 1-3-58 39 39 0 0 1 74-6 32 32 0 0 1 0 64z"], ["paper", "M100 128V94M83 108l17-17 17 17", 9]] },
  { words: "plan-paper", layers: [["deep", rect(52, 50, 104, 116, 4)], ["paper", rect(44, 42, 104, 116, 4)], ["main", rect(56, 56, 80, 15, 2)], ["accent", rect(56, 82, 38, 42, 2)], ["deep", "M104 86h32M104 98h32M104 110h32M104 122h32M56 138h80", 4]] },
];
