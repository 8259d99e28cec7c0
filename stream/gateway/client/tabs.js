/** One connection for all tabs: who holds the lock leads, the others hear from him. */

/** @typedef {{kind: string, [more: string]: any}} Note between tabs */

const able = Boolean(globalThis.navigator.locks && globalThis.BroadcastChannel); // else each tab connects by itself

/**
 * @param {string} name of the gateway and the customer
 * @param {(note: Note) => void} hear called with what another tab says
 * @param {AbortSignal} signal ends it
 * @returns {(note: Note) => void} says something to the other tabs
 */
export function channel(name, hear, signal) {
  if (!able) return () => {};
  const open = new BroadcastChannel(name);
  open.onmessage = ({ data }) => hear(data);
  signal.addEventListener("abort", () => open.close());
  return (note) => signal.aborted || open.postMessage(note);
}

/**
 * @param {string} name
 * @param {() => void} lead called once this tab leads
 * @param {AbortSignal} signal ends it; another tab leads
 */
export function leading(name, lead, signal) {
  if (!able) return lead();
  const led = () => new Promise((release) => (lead(), signal.addEventListener("abort", release)));
  navigator.locks.request(name, { signal }, led).catch(() => {}); // ended while it waited
}
