/** The client that was connected last: the one that elements on the page use. */

/** @import { Client } from "./client.js" */

/** @type {Client | null} */
let latest = null;
/** @type {Set<(client: Client) => void>} */
const waiting = new Set();

/** @param {Client} client */
export function setClient(client) {
  latest = client;
  for (const tell of waiting) tell(client);
}

/** Call with the client now, and with each later one. @param {(client: Client) => void} tell @returns {() => void} ends that */
export function onClient(tell) {
  waiting.add(tell);
  if (latest) tell(latest);
  return () => waiting.delete(tell);
}
