/** JSON in the browser's storage, which may be closed to us. */

/**
 * @param {"localStorage" | "sessionStorage"} area
 * @param {string} key
 * @returns {any} null where there is nothing, or nothing of ours
 */
export function kept(area, key) {
  try {
    return JSON.parse(globalThis[area].getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Keep `value`; null removes it.
 * @param {"localStorage" | "sessionStorage"} area
 * @param {string} key
 * @param {unknown} value
 * @returns {boolean} whether it will be found again
 */
export function keep(area, key, value) {
  try {
    if (value === null) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
