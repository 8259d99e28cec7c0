/**
 * tsuide in a page: live suggestions in, events out.
 *
 *     const tsuide = connect({ token: () => fetch("/shop/token", { method: "POST" }).then((answer) => answer.json()) });
 *     tsuide.track("view_item", { items: [{ item_id: "85123A", price: 2.55 }], currency: "GBP" });
 */
import { defineElement } from "./component.js";
import { setClient } from "./current.js";
import { Events } from "./events.js";
import { Lists } from "./lists.js";
import { backoff, pause } from "./pause.js";
import { DISMISSED, Session, TAKEN, newId } from "./session.js";
import { keep } from "./store.js";
import { read } from "./stream.js";
import { channel, leading } from "./tabs.js";
import { Token } from "./token.js";

/**
 * @import { AddToCart, Event as Sent, SuggestedItem, SuggestedList, Suggestion } from "../../../deploy/types/tsuide.js"
 * @typedef {Omit<Suggestion, "customer">} Offer
 * @typedef {"connecting" | "open" | "waiting" | "opted_out" | "closed"} State
 * @typedef {object} Options
 * @property {() => Promise<{token: string, expires_ms: number, opted_out?: boolean}>} token asks the shop's backend
 * @property {string | URL} [url] of the gateway; where this module came from unless told
 * @property {string | null} [session] the page's own session id; null: the engine tells visits apart
 * @property {string} [language] of the texts, BCP 47; the page's `lang` unless told
 * @typedef {Partial<Omit<AddToCart, "event">> & {item_list_id?: string, search_term?: string, dwell_ms?: number,
 *   plan_id?: string, metric?: string, used?: number, limit?: number}} Fields of an event, as in tsuide.d.ts
 * @typedef {(list: SuggestedList | null, offer: Offer | null) => void} Listener
 */

const BEGINS_ANEW_MS = 1000; // after a reset, what has not come again by then is gone
const ANSWER_MS = 400; // the leading tab answers at once, or it hangs

/**
 * Connect this page. Elements <tsuide-suggestions> use the client that was connected last.
 * @param {Options} options
 */
export function connect(options) {
  defineElement();
  const client = new Client(options);
  setClient(client);
  return client;
}

/** Fires "suggestion" ({detail: {offer}}) and "state" ({detail: {state}}). */
export class Client extends EventTarget {
  /** @type {State} */ #state = "connecting";
  /** @type {string | undefined} */ #language;
  /** @type {string} */ #url;
  /** @type {Session} */ #session;
  /** @type {Token} */ #token;
  /** @type {Events} */ #events;
  #lists = new Lists();
  /** @type {Set<() => void>} */ #listeners = new Set();
  /** @type {string | null} where a stream may resume */ #last = null;
  #leads = false;
  /** the stream */ #run = new AbortController();
  /** what the tabs say */ #talk = new AbortController();
  #life = new AbortController();
  #retry = new AbortController();
  /** @type {(note: import("./tabs.js").Note) => void} */ #say = () => {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #expiry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #answer;
  #warned = false;

  /** @param {Options} options */
  constructor({ token, url = new URL(".", import.meta.url), session, language }) {
    super();
    this.#url = String(url).replace(/\/$/, "");
    const key = `tsuide ${this.#url}`;
    this.#language = language;
    this.#session = new Session(key, session);
    this.#token = new Token(key, token);
    this.#events = new Events(`${key} events`, (events) => this.#post(events), (answer) => this.#answered(answer));
    const { signal } = this.#life;
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("pageshow", (event) => event.persisted && this.#start(), { signal });
    addEventListener("storage", (event) => event.key === key && this.#tell(), { signal });
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    void this.#start();
  }

  /** The visit's id, the same in all tabs; null where the page wants none. */
  get session() {
    return this.#session.visit.id;
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** The language of events and texts. @returns {string} */
  get language() {
    return this.#language || document.documentElement.lang || navigator.language;
  }

  set language(tag) {
    this.#language = tag;
    this.dispatchEvent(new Event("language"));
  }

  /**
   * Hear of a list: at once what is known, then every change; null when there is nothing to show (any more).
   * @param {SuggestedList["item_list_id"] | (string & {})} name
   * @param {Listener} listener
   * @returns {() => void} ends it
   */
  subscribe(name, listener) {
    /** @type {string | undefined} */
    let told;
    const tell = () => {
      const [list, offer] = this.#shown(name);
      const now = list ? offer?.suggestion_id + JSON.stringify(list) : "";
      if (now === told) return;
      told = now;
      listener(list, offer);
    };
    this.#listeners.add(tell);
    tell();
    return () => void this.#listeners.delete(tell);
  }

  /**
   * Report what the customer did. Id, time, session, language and, for items that came from a suggestion, its id are filled in.
   * @param {Sent["event"]} event
   * @param {Fields} [fields]
   */
  track(event, fields = {}) {
    if (this.#state === "opted_out" || this.#state === "closed") return;
    const sent = { event, event_id: newId(), event_time_ms: Date.now(), session_id: this.session, language: this.language, ...fields };
    this.#events.add(this.#attributed(sent));
    this.#tell();
  }

  /**
   * Not interested: in one item, or in the whole list. It is not shown again during this visit.
   * @param {SuggestedItem | string | null} item
   * @param {SuggestedList | string} list
   */
  dismiss(item, list) {
    const name = typeof list === "string" ? list : list.item_list_id;
    const item_id = typeof item === "string" ? item : item?.item_id;
    const [shown, offer] = this.#shown(name);
    const items = shown?.items.filter((one) => !item_id || one.item_id === item_id).map(({ item_id, index }) => ({ item_id, index, item_list_id: name }));
    this.#session.change((visit) => {
      if (item_id) visit.barred[item_id] = DISMISSED;
      else visit.quiet[name] = DISMISSED;
    });
    this.track("dismiss_suggestion", {
      item_list_id: name,
      suggestion_id: offer?.suggestion_id,
      // Without items the whole list is meant.
      items: item_id ? (items?.length ? items : [{ item_id, item_list_id: name }]) : [],
    });
  }

  /** Whether an item was put into the cart or bought during this visit. @param {string} item_id */
  taken(item_id) {
    return this.#session.visit.barred[item_id] === TAKEN;
  }

  /** An item was chosen from a list: what follows is owed to that suggestion. @param {SuggestedItem} item @param {string} list */
  chosen(item, list) {
    const offer = this.#lists.get(list)?.offer;
    if (offer) this.#session.change((visit) => (visit.by[item.item_id] = [offer.suggestion_id, list, item.index]));
  }

  /**
   * The customer's will. opt_out: everything is cleared at once and nothing more is sent or shown, until opt_in.
   * @param {"opt_out" | "opt_in" | "forget"} choice
   * @returns {Promise<void>} once it stands in the log. Rejects when the gateway could not be told: say so, and ask again.
   */
  async consent(choice) {
    if (choice !== "opt_in") {
      this.#say({ kind: "silence" });
      this.#silence(true);
    }
    const said = JSON.stringify({ choice, event_id: newId(), event_time_ms: Date.now() });
    for (let tries = 0; ; tries++) {
      const response = await this.#ask("/v1/consent", (token) => ({
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: said,
        keepalive: true,
      }));
      if (response?.ok) break;
      if (tries === 4 || (response && response.status < 500 && response.status !== 429)) {
        throw new Error(`tsuide: ${choice} could not be told to the gateway (${response?.status ?? "not reached"})`);
      }
      await pause(backoff(tries, response ?? undefined, 500));
    }
    this.#token.drop();
    if (choice === "opt_out") return;
    this.#say({ kind: "again" });
    await this.#start();
  }

  /** The customer signed in or out: another token, another visit. */
  async renew() {
    this.#leave();
    this.#token.drop();
    this.#forget();
    await this.#start();
  }

  /** End it; what was tracked is still sent. */
  close() {
    this.#leave();
    this.#life.abort();
    clearTimeout(this.#expiry);
    this.#become("closed");
  }

  /** @param {string} name @returns {[SuggestedList, Offer] | [null, null]} */
  #shown(name) {
    const held = this.#lists.get(name);
    if (!held) return [null, null];
    const { barred, quiet } = this.#session.visit;
    const items = held.list.items.filter((item) => !barred[item.item_id] && !quiet[name]);
    return items.length ? [{ ...held.list, items }, held.offer] : [null, null];
  }

  /** @param {any} sent @returns {any} with what is known of where its items came from */
  #attributed(sent) {
    const chosen = sent.event === "select_item";
    const took = sent.event === "add_to_cart" || sent.event === "purchase";
    this.#session.change(({ by, barred }) => {
      for (const { item_id, index = 0 } of sent.items ?? []) {
        if (chosen && sent.suggestion_id) by[item_id] = [sent.suggestion_id, sent.item_list_id, index];
        if (took) barred[item_id] = TAKEN;
      }
      if (!chosen && !took) return;
      sent.items = sent.items?.map((/** @type {any} */ item) => {
        const [suggestion_id, item_list_id, index] = by[item.item_id] ?? [];
        sent.suggestion_id ??= suggestion_id;
        return suggestion_id ? { item_list_id, index, ...item } : item;
      });
    });
    return sent;
  }

  async #start() {
    this.#end();
    this.#run = new AbortController();
    this.#talk = new AbortController();
    const { signal } = this.#run;
    this.#become("connecting");
    const known = await this.#persist(signal, () => this.#token.get());
    if (!known) return;
    if (known.who && this.#session.belongs(known.who)) this.#forgetLists();
    const name = `${this.#token.key} ${known.who}`;
    this.#say = channel(name, (note) => this.#hear(note), this.#talk.signal);
    if (known.opted_out) return this.#silence();
    leading(name, () => void this.#lead(signal), signal);
    this.#say({ kind: "hello" });
    if (!this.#leads) this.#answer = setTimeout(() => void this.#current(), ANSWER_MS);
    void this.#events.flush();
  }

  /** @template T @param {AbortSignal} signal @param {() => Promise<T>} get @returns {Promise<T | undefined>} tries until it succeeds, or is ended */
  async #persist(signal, get) {
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        const got = await get();
        return signal.aborted ? undefined : got;
      } catch (fault) {
        if (!tries) console.warn("tsuide: no token", fault);
        this.#become("waiting");
        await pause(backoff(tries), this.#wake(signal));
      }
    }
  }

  /** @param {AbortSignal} signal */
  #wake(signal) {
    const retry = (this.#retry = new AbortController());
    signal.addEventListener("abort", () => retry.abort(), { once: true });
    return retry.signal;
  }

  /** Follow the stream for all tabs. @param {AbortSignal} signal */
  async #lead(signal) {
    this.#leads = true;
    clearTimeout(this.#answer);
    for (let tries = 0; !signal.aborted; ) {
      this.#publish("connecting");
      const response = await this.#ask("/v1/suggestions", (token) => ({
        headers: { Authorization: `Bearer ${token}`, Accept: "text/event-stream", ...(this.#last && { "Last-Event-ID": this.#last }) },
        cache: "no-store",
        signal,
      }));
      let again = false;
      if (response?.ok && response.body) {
        tries = 0;
        this.#publish("open");
        await read(response.body, (message) => {
          again ||= message.event === "reauth";
          this.#say({ kind: "message", message });
          this.#take(message);
        }).catch(() => {});
      }
      if (again) this.#token.drop();
      if (again || signal.aborted) continue;
      this.#publish("waiting");
      const hopeless = response && response.status >= 400 && response.status < 429; // a wrong address, a foreign origin
      await pause(backoff(hopeless ? 5 : tries++, response ?? undefined), this.#wake(signal));
    }
  }

  /** @param {import("./stream.js").Message} message */
  #take({ event, data, id }) {
    if (id !== null) this.#last = id || null;
    if (event === "opted_out") {
      this.#silence();
      // A customer who only wants to be forgotten is served on, as somebody new.
      void pause(1000).then(() => {
        if (this.#state === "opted_out" && !this.#life.signal.aborted) void this.#start();
      });
    } else if (event === "reset") {
      this.#lists.doubt();
      setTimeout(() => (this.#lists.settle(), this.#tell()), BEGINS_ANEW_MS);
    } else if (event === "suggestion") this.#offered(JSON.parse(data));
  }

  /** @param {Offer} offer */
  #offered(offer) {
    const id = this.session;
    if (id !== null && offer.session_id !== id) return; // of another visit: on another machine, or before
    this.#lists.take(offer, this.#token.now());
    this.#tell();
    this.dispatchEvent(new CustomEvent("suggestion", { detail: { offer } }));
  }

  /** @param {import("./tabs.js").Note} note of another tab */
  #hear(note) {
    if (note.kind === "silence") this.#silence();
    else if (note.kind === "again") void this.#start();
    else if (this.#leads) {
      if (note.kind === "hello") this.#say({ kind: "all", offers: this.#lists.offers, last: this.#last, state: this.#state });
      if (note.kind === "looked") this.#retry.abort();
    } else if (note.kind === "message") this.#take(note.message);
    else if (note.kind === "state") this.#become(note.state);
    else if (note.kind === "all") {
      clearTimeout(this.#answer);
      this.#last = note.last;
      for (const offer of note.offers) this.#offered(offer);
      this.#become(note.state);
    }
  }

  /** Nobody has told us: ask the gateway what stands. */
  async #current() {
    const response = await this.#ask("/v1/suggestions/current", (token) => ({ headers: { Authorization: `Bearer ${token}` } }));
    if (response?.ok) for (const offer of (await response.json()).offers) this.#offered(offer);
  }

  /** @param {State} state for this tab and those that follow it */
  #publish(state) {
    this.#become(state);
    this.#say({ kind: "state", state });
  }

  /** @param {State} state */
  #become(state) {
    if (state === this.#state || this.#state === "closed") return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state } }));
  }

  /** Tell listeners what there is to show now. */
  #tell() {
    this.#lists.expire(this.#token.now());
    for (const tell of [...this.#listeners]) tell();
    clearTimeout(this.#expiry);
    const left_ms = this.#lists.next_ms - this.#token.now();
    if (left_ms < Infinity) this.#expiry = setTimeout(() => this.#tell(), Math.max(0, left_ms) + 1);
  }

  #looked() {
    if (document.hidden) return void this.#events.flush();
    this.#tell(); // timers sleep in the background
    this.#retry.abort();
    this.#say({ kind: "looked" });
  }

  /** The customer wants nothing of this: no list, no stream, no event that waits, no memory of the visit. @param {boolean} [tells] the gateway, by his token */
  #silence(tells) {
    if (!tells) this.#token.drop();
    this.#run.abort();
    this.#leads = false;
    this.#become("opted_out");
    this.#forget();
  }

  #forget() {
    this.#events.clear();
    this.#session.end();
    this.#forgetLists();
  }

  #forgetLists() {
    this.#last = null;
    this.#lists.clear();
    this.#tell();
  }

  /** Every request of ours: with the token, and once with a new one. @param {string} path @param {(token: string) => RequestInit} init */
  async #ask(path, init) {
    for (let renewed = false; ; renewed = true) {
      try {
        const { token } = await this.#token.get();
        const response = await fetch(this.#url + path, init(token));
        if (response.status === 401) this.#token.drop(token);
        if (response.status === 401 && !renewed) continue;
        if (response.status === 403 && (await response.clone().json()).code === "opted_out") this.#silence();
        return response;
      } catch {
        return null; // not reached, or ended by us
      }
    }
  }

  /** @param {string} token @param {import("./events.js").Sent[]} events */
  #envelope(token, events) {
    return JSON.stringify({ token, sent_at_ms: Date.now(), events });
  }

  /** The token travels in the body: so it is the same request as a beacon, and no browser asks for leave first. @param {import("./events.js").Sent[]} events */
  #post(events) {
    return this.#ask("/v1/events", (token) => {
      const body = this.#envelope(token, events);
      return { method: "POST", body, keepalive: body.length < 15_000 }; // 64 KiB are all that may outlive the page
    });
  }

  /** @param {{events: {fate: string, problem?: string}[]} | null} answer */
  #answered(answer) {
    const fates = answer?.events ?? [];
    const refused = fates.find(({ fate }) => fate === "refused");
    if (refused && !this.#warned) console.warn(`tsuide: an event was refused: ${refused.problem}`);
    this.#warned ||= Boolean(refused);
    if (fates.some(({ fate }) => fate === "opted_out")) this.#silence();
  }

  #end() {
    this.#run.abort();
    this.#talk.abort();
    this.#leads = false;
    clearTimeout(this.#answer);
  }

  #leave() {
    const token = this.#token.here;
    this.#events.leave((events) => Boolean(token) && navigator.sendBeacon(`${this.#url}/v1/events`, this.#envelope(token, events)));
    this.#end();
  }
}
