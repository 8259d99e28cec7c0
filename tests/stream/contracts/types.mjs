// Reads a JSON Schema on standard input and writes its TypeScript types.
import { compile } from "json-schema-to-typescript";
import { readFileSync } from "node:fs";

const schema = JSON.parse(readFileSync(0, "utf8"));
const options = {
  // Closed in the types, open on the wire: an index signature would take every misspelt field for granted.
  additionalProperties: false,
  bannerComment: "// Made from stream/contracts by `make golden`; do not edit.",
  format: true,
  strictIndexSignatures: true,
};
process.stdout.write(await compile(schema, schema.title, options));
