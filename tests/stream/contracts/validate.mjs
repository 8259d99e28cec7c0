// Reads an AsyncAPI document on standard input and writes what its own parser has to say as JSON: [{severity, code, path, message}].
import { Parser } from "@asyncapi/parser";
import { readFileSync } from "node:fs";

const { diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const said = diagnostics.map(({ severity, code, path, message }) => ({ severity, code, path: path.join("."), message }));
process.stdout.write(JSON.stringify(said));
