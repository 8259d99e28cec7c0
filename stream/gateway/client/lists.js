/** The newest lists of the page's visit. */

/**
 * @import { Suggestion, SuggestedList } from "../../../deploy/types/tsuide.js"
 * @typedef {Omit<Suggestion, "customer">} Offer a suggestion as a browser gets it
 * @typedef {{offer: Offer, list: SuggestedList, stale?: boolean}} Held
 */

export class Lists {
  /** @type {Map<string, Held>} */ #held = new Map();

  /** Take what is newer; of one list the highest seq wins. @param {Offer} offer @param {number} now_ms */
  take(offer, now_ms) {
    if (offer.expires_ms <= now_ms) return;
    for (const list of offer.lists) {
      const old = this.#held.get(list.item_list_id);
      if (!old || old.stale || old.offer.seq < offer.seq) this.#held.set(list.item_list_id, { offer, list });
    }
  }

  /** What stands is doubtful: anything takes its place. */
  doubt() {
    for (const held of this.#held.values()) held.stale = true;
  }

  /** Let go of what was doubtful and has not come again. */
  settle() {
    for (const [name, held] of this.#held) if (held.stale) this.#held.delete(name);
  }

  /** @param {number} now_ms */
  expire(now_ms) {
    for (const [name, held] of this.#held) if (held.offer.expires_ms <= now_ms) this.#held.delete(name);
  }

  clear() {
    this.#held.clear();
  }

  /** @param {string} name */
  get(name) {
    return this.#held.get(name);
  }

  /** @returns {number} when the next one expires; Infinity without any */
  get next_ms() {
    return Math.min(Infinity, ...[...this.#held.values()].map((held) => held.offer.expires_ms));
  }

  /** @returns {Offer[]} what another tab needs to know */
  get offers() {
    return [...this.#held.values()].map(({ offer, list }) => ({ ...offer, lists: [list] }));
  }
}
