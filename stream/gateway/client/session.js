/** The visit, the same in all tabs: its id, what is not to be shown again, and which suggestion led to which item. */
import { keep, kept } from "./store.js";

const SILENCE_MS = 30 * 60 * 1000; // ends a visit, as it does in the engine
const REMEMBERED = 300; // items of a kind
export const DISMISSED = 1;
export const TAKEN = 2;

/**
 * @typedef {object} Visit
 * @property {string | null} id
 * @property {number} at when something happened last
 * @property {string} [who] the pseudonym
 * @property {Record<string, number>} barred items that were dismissed or taken
 * @property {Record<string, number>} quiet lists that were dismissed
 * @property {Record<string, [string, string, number]>} by item -> suggestion, list, place
 */

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is for https only
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Session {
  /** @type {Visit | null} */ #memory = null;

  /**
   * @param {string} key in localStorage
   * @param {string | null | undefined} given the page's own session id; null: events carry none
   */
  constructor(key, given) {
    this.key = key;
    this.given = given;
  }

  /** @returns {Visit} the running one, else a new one */
  get visit() {
    const { given } = this;
    /** @type {Visit | null} */
    const old = this.#memory ?? kept("localStorage", this.key);
    if (old && Date.now() - old.at < SILENCE_MS && (given === undefined || given === old.id)) return old;
    return this.#begin();
  }

  /** @param {(visit: Visit) => void} how */
  change(how) {
    const visit = this.visit;
    how(visit);
    for (const part of [visit.barred, visit.by]) {
      for (const id of Object.keys(part).slice(0, -REMEMBERED)) delete part[id];
    }
    this.#write({ ...visit, at: Date.now() });
  }

  /** Forget the visit. */
  end() {
    this.#memory = null;
    keep("localStorage", this.key, null);
  }

  /** A visit is one customer's. @param {string} who @returns {boolean} whether another one's has ended */
  belongs(who) {
    const other = (this.visit.who ?? who) !== who;
    if (other) this.end();
    if (this.visit.who !== who) this.change((visit) => (visit.who = who));
    return other;
  }

  #begin() {
    /** @type {Visit} */
    const visit = { id: this.given === undefined ? newId() : this.given, at: Date.now(), barred: {}, quiet: {}, by: {} };
    // Where nothing can be kept, the next page would be another visit: then the engine tells visits apart by silence.
    if (!this.#write(visit) && this.given === undefined) visit.id = null;
    return visit;
  }

  /** @param {Visit} visit */
  #write(visit) {
    const written = keep("localStorage", this.key, visit);
    this.#memory = written ? null : visit;
    return written;
  }
}
