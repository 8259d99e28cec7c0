// Reads {pattern, texts} on standard input and writes which of the texts an ECMA-262 engine matches, as JSON booleans.
import { readFileSync } from "node:fs";

const { pattern, texts } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => new RegExp(pattern, "u").test(text))));
