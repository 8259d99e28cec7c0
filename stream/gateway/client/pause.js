/** Waiting: for a while, or until the connection is back. */

/**
 * @param {number} ms
 * @param {AbortSignal} [signal] ends the wait early
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}

/**
 * The wait before the next try: doubled each time up to 30 s, and spread, so that not everybody comes back at once.
 * @param {number} tries that failed before, from 0 on
 * @param {Response} [response] may ask for longer by Retry-After
 * @param {number} [first_ms]
 */
export function backoff(tries, response, first_ms = 1000) {
  const asked_ms = Number(response?.headers.get("Retry-After")) * 1000 || 0;
  return Math.max(asked_ms, Math.min(30_000, first_ms * 2 ** tries)) * (0.5 + Math.random() / 2);
}
