/** What the customer did, on its way to the gateway: in order, in batches, tried again until it is there. */
import { keep, kept } from "./store.js";
import { backoff, pause } from "./pause.js";

const GATHER_MS = 50;
const BATCH = 50;
const MOST = 500; // events kept while the gateway is away
const AT_ONCE = new Set(["view_item", "add_to_cart"]); // suggestions are waiting for these

/** @typedef {{event: string, event_id: string, [field: string]: any}} Sent */

export class Events {
  /** @type {Sent[]} */ #queue;
  #sending = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /**
   * @param {string} key in sessionStorage: what could not be sent before the page was left
   * @param {(events: Sent[]) => Promise<Response | null>} post null: nobody was reached
   * @param {(answer: any) => void} answered
   */
  constructor(key, post, answered) {
    this.key = key;
    this.post = post;
    this.answered = answered;
    this.#queue = kept("sessionStorage", key) ?? [];
    keep("sessionStorage", key, null);
  }

  /** @param {Sent} event */
  add(event) {
    this.#queue.push(event);
    this.#queue.splice(0, this.#queue.length - MOST);
    if (AT_ONCE.has(event.event)) void this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /** Send what is there; resolves once nothing is left. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#sending) return;
    this.#sending = true;
    for (let tries = 0; this.#queue.length; ) {
      const batch = this.#queue.slice(0, BATCH);
      const response = await this.post(batch);
      if (response?.ok) this.answered(await response.json().catch(() => null));
      else if (!response || response.status === 429 || response.status >= 500 || response.status === 401) {
        await pause(backoff(tries++, response ?? undefined, 500));
        continue;
      } else if (response.status !== 403) console.warn(`tsuide: events refused with ${response.status}`);
      tries = 0;
      this.#queue = this.#queue.filter((event) => !batch.includes(event));
    }
    this.#sending = false;
  }

  clear() {
    this.#queue = [];
    keep("sessionStorage", this.key, null);
  }

  /**
   * The page is being left: what is on its way may be cut off, so it goes again; the gateway knows it by its event_id.
   * @param {(events: Sent[]) => boolean} beacon whether the browser will deliver it
   */
  leave(beacon) {
    while (this.#queue.length && beacon(this.#queue.slice(0, BATCH))) this.#queue.splice(0, BATCH);
    if (this.#queue.length) keep("sessionStorage", this.key, this.#queue);
  }
}
