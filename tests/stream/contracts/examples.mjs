// Reads an AsyncAPI document on standard input and writes as JSON what in its examples does not fit their schemas: [{message, path, text}].
import { Ajv } from "ajv";
import { readFileSync } from "node:fs";

const document = JSON.parse(readFileSync(0, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(document, "document");
const wrong = [];
for (const [message, { payload, examples }] of Object.entries(document.components.messages)) {
  for (const example of examples ?? []) {
    if (!ajv.validate({ $ref: `document${payload.$ref}` }, example.payload)) {
      wrong.push(...ajv.errors.map(({ instancePath, message: text }) => ({ message, path: instancePath, text })));
    }
  }
}
process.stdout.write(JSON.stringify(wrong));
