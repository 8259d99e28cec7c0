/** The customer's token: asked of the page, kept in this tab until shortly before it expires. */
import { keep, kept } from "./store.js";

/**
 * @typedef {{token: string, expires_ms: number, opted_out?: boolean}} TokenAnswer what the shop's backend was given by POST /v1/token
 * @typedef {TokenAnswer & {who: string, until_ms: number, skew_ms: number}} Known
 */

export class Token {
  /** @type {Promise<Known> | null} */ #asked = null;
  /** @type {Known | null} */ #memory = null;
  skew_ms = 0; // how far this machine's clock is ahead of the gateway's

  /** @param {string} key in sessionStorage @param {() => Promise<TokenAnswer>} ask */
  constructor(key, ask) {
    this.key = key;
    this.ask = ask;
  }

  /** The time on the gateway's clock. */
  now() {
    return Date.now() - this.skew_ms;
  }

  /** @returns {Promise<Known>} a token that is still good; all who ask meanwhile get the same */
  async get() {
    const old = this.#known;
    if (old) this.skew_ms = old.skew_ms;
    if (old && this.now() < old.until_ms) return old;
    this.#asked ??= this.#new().finally(() => (this.#asked = null));
    return this.#asked;
  }

  /** Let go of it: it was refused, or the customer is another one. @param {string} [token] only if it is still this one */
  drop(token = this.here) {
    if (token !== this.here) return;
    this.#memory = null;
    keep("sessionStorage", this.key, null);
  }

  /** @returns {string} the token at hand, good or not; "" for none */
  get here() {
    return this.#known?.token ?? "";
  }

  /** @returns {Known | null} */
  get #known() {
    return this.#memory ?? kept("sessionStorage", this.key);
  }

  async #new() {
    const answer = await this.ask();
    if (!answer?.token) throw new TypeError("tsuide: token() must give {token, expires_ms}");
    const { sub = "", iat = 0 } = claims(answer.token);
    const ahead_ms = Date.now() - iat * 1000;
    this.skew_ms = iat && Math.abs(ahead_ms) > 60_000 ? ahead_ms : 0; // below that it is the way here
    const left_ms = answer.expires_ms - this.now();
    const known = { ...answer, who: sub, until_ms: answer.expires_ms - Math.min(60_000, left_ms / 10), skew_ms: this.skew_ms };
    this.#memory = known;
    if (!answer.opted_out) keep("sessionStorage", this.key, known); // else the next page asks whether he has come back
    return known;
  }
}

/** @param {string} token @returns {{sub?: string, iat?: number}} what it says; only the gateway can tell whether it is true */
function claims(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  } catch {
    return {};
  }
}
