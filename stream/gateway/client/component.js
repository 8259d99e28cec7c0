/** <tsuide-suggestions list="accessories" item-href="/item/{item_id}" add-to-cart lang="ja">: one list, as cards. */
import { button, card, el } from "./card.js";
import { onClient } from "./current.js";
import { impressions } from "./impressions.js";
import { sheet } from "./style.js";
import { texts } from "./texts.js";

/**
 * @import { SuggestedItem, SuggestedList } from "../../../deploy/types/tsuide.js"
 * @import { Client, Offer } from "./client.js"
 * @typedef {{li: HTMLElement, said: string, look: unknown, item: SuggestedItem, owed: string}} Drawn owed: the suggestion it was last watched for
 */

const PATIENCE_MS = 10_000; // what the customer is busy with is not redrawn before

const Base = globalThis.HTMLElement ?? class {}; // the module may be imported where there is no page

/** Fires tsuide:add, tsuide:select (may be prevented) and tsuide:dismiss with {item, list, suggestion_id}; they bubble. */
export class Suggestions extends Base {
  static observedAttributes = ["list", "item-href", "add-to-cart", "lang"];

  /** @type {((item: SuggestedItem) => Node | null | undefined) | null} */ #picture = null;
  /** @type {(text: string) => string} */ #wording = (text) => text;
  /** @type {Client | null} */ #client = null;
  /** @type {(() => void)[]} */ #ends = [];
  /** @type {[SuggestedList, Offer] | [null, null]} what is on screen */ #now = [null, null];
  /** @type {[SuggestedList, Offer] | [null, null]} what is to be */ #next = [null, null];
  /** @type {Map<string, Drawn>} */ #drawn = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #patience;
  /** @type {ReturnType<typeof impressions> | undefined} */ #seen;
  #root = this.attachShadow({ mode: "open" });
  #headline = el("h2", "headline");
  #cards = el("ul", "cards");
  #status = el("p", "status");
  #close = button("close", () => this.#dismiss(null));
  #section = el("section", "section", el("div", "head", this.#headline, this.#close), this.#cards);

  constructor() {
    super();
    this.#headline.id = "headline";
    this.#headline.tabIndex = -1;
    this.#section.setAttribute("aria-labelledby", "headline");
    this.#cards.setAttribute("role", "list"); // Safari forgets it where there are no bullets
    this.#status.setAttribute("role", "status");
    this.#root.adoptedStyleSheets = [sheet()];
    this.#root.append(this.#section, this.#status);
    const left = () => setTimeout(() => this.#patience && !this.#busy && this.#draw());
    this.addEventListener("focusout", left);
    this.addEventListener("pointerleave", left);
  }

  /** Draws an item's picture: `element.picture = (item) => Node`. */
  get picture() {
    return this.#picture;
  }

  set picture(draw) {
    this.#picture = draw;
    this.#redraw();
  }

  /** Says names and sentences in the page's own way: `element.wording = (text) => text`. */
  get wording() {
    return this.#wording;
  }

  set wording(say) {
    this.#wording = say;
    this.#redraw();
  }

  connectedCallback() {
    this.#own("picture");
    this.#own("wording");
    this.hidden = true;
    this.#seen = impressions((seen) => this.#report(seen));
    const page = new MutationObserver(() => this.#redraw());
    page.observe(document.documentElement, { attributeFilter: ["lang"] });
    this.#ends = [onClient((client) => this.#use(client)), () => page.disconnect(), () => this.#leave()];
    if (!this.#client) this.#redraw();
  }

  disconnectedCallback() {
    for (const end of this.#ends) end();
    this.#next = [null, null];
    this.#draw();
    this.#client = null;
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#client) return;
    if (name === "list") this.#use(this.#client);
    else this.#redraw();
  }

  /** Take over what the page has set before the element was known to it. @param {"picture" | "wording"} name */
  #own(name) {
    if (!Object.hasOwn(this, name)) return;
    const set = /** @type {any} */ (this[name]);
    delete (/** @type {any} */ (this)[name]);
    this[name] = set;
  }

  get #list() {
    return this.getAttribute("list") ?? "accessories";
  }

  get #language() {
    return this.closest("[lang]")?.getAttribute("lang") || this.#client?.language || "en";
  }

  /** Whether the customer has focus or pointer here. */
  get #busy() {
    return this.matches(":focus-within") || (matchMedia("(hover: hover)").matches && this.matches(":hover"));
  }

  #leave = () => {};

  /** @param {Client} client */
  #use(client) {
    this.#leave();
    this.#client = client;
    const redraw = () => this.#redraw();
    client.addEventListener("language", redraw);
    const off = client.subscribe(this.#list, (list, offer) => this.#take(list && offer ? [list, offer] : [null, null]));
    this.#leave = () => {
      off();
      client.removeEventListener("language", redraw);
    };
  }

  /** @param {[SuggestedList, Offer] | [null, null]} next */
  #take(next) {
    this.#next = next;
    if (!this.#now[0] || !this.#busy || this.#client?.state === "opted_out") return this.#draw();
    this.#patience ??= setTimeout(() => this.#draw(), PATIENCE_MS);
    const staying = new Set(next[0]?.items.map(({ item_id }) => item_id));
    for (const [item_id, { li }] of this.#drawn) {
      if (!staying.has(item_id) && this.#client?.taken(item_id)) this.#added(li);
    }
  }

  /** @param {HTMLElement} li */
  #added(li) {
    const add = li.querySelector("[part=add]");
    if (!add) return;
    add.textContent = texts(this.#language).added;
    add.setAttribute("part", "add added");
    add.setAttribute("aria-disabled", "true");
    add.removeAttribute("aria-label");
  }

  /** Draw what stands again, in other words. */
  #redraw() {
    if (this.#next[0]) this.#draw();
  }

  /** @param {boolean} [asked] whether the customer did, who then knows where the focus goes */
  #draw(asked) {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const [list, offer] = (this.#now = this.#next);
    const inside = this.matches(":focus-within");
    const before = [...this.#drawn.keys()].join();
    const items = list?.items ?? [];
    const say = texts(this.#language);
    const look = { language: this.#language, href: this.getAttribute("item-href"), add: this.hasAttribute("add-to-cart"), picture: this.#picture, wording: this.#wording };
    const staying = new Map(items.map((item) => [item.item_id, this.#card(item, look, offer?.suggestion_id ?? "")]));
    for (const [item_id, { li }] of this.#drawn) {
      if (staying.get(item_id)?.li === li) continue;
      this.#seen?.forget(li);
      li.remove();
    }
    this.#drawn = staying;
    let at = 0;
    for (const { li } of staying.values()) {
      if (this.#cards.children[at] !== li) this.#cards.insertBefore(li, this.#cards.children[at] ?? null);
      at++;
    }
    this.hidden = !list;
    if (!list) return void (this.#status.textContent = "");
    const headline = this.#wording(list.headline);
    this.#headline.textContent = headline;
    this.#close.setAttribute("aria-label", say.close);
    if (inside && !asked && !this.matches(":focus-within")) this.#headline.focus(); // what had it is gone
    const fresh = items.some(({ item_id }) => !before.split(",").includes(item_id));
    // Said a moment later: a region that has only just appeared is not read.
    if (fresh) setTimeout(() => this.#now[0] === list && (this.#status.textContent = say.fresh(items.length, headline)), 150);
  }

  /** @param {SuggestedItem} item @param {import("./card.js").Look} look @param {string} suggestion_id @returns {Drawn} the one that is there, where nothing has changed */
  #card(item, look, suggestion_id) {
    const said = JSON.stringify([item.item_name, item.price, item.price_difference, item.benefit, item.reason, look]);
    const old = this.#drawn.get(item.item_id);
    const same = old?.said === said && !old.li.querySelector("[part~=added]") && old.look === look.picture;
    const act = {
      select: (/** @type {Event} */ event) => this.#select(drawn.item, event),
      add: () => this.#add(drawn.item, drawn.li),
      dismiss: () => this.#dismiss(drawn.item),
    };
    /** @type {Drawn} */
    const drawn = same ? old : { li: card(item, look, act), said, item, owed: "", look: look.picture };
    drawn.item = item;
    if (drawn.owed !== suggestion_id) {
      drawn.owed = suggestion_id;
      this.#seen?.forget(drawn.li);
      this.#seen?.watch(drawn.li);
    }
    return drawn;
  }

  /** @param {string} name @param {SuggestedItem | null} item */
  #fire(name, item) {
    const detail = { item, list: this.#list, suggestion_id: this.#now[1]?.suggestion_id };
    return this.dispatchEvent(new CustomEvent(`tsuide:${name}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  /** @param {SuggestedItem} item @param {Event} event */
  #select(item, event) {
    const suggestion_id = this.#now[1]?.suggestion_id;
    this.#client?.track("select_item", { item_list_id: this.#list, suggestion_id, items: [this.#line(item)] });
    if (!this.#fire("select", item)) event.preventDefault();
  }

  /** @param {SuggestedItem} item @param {HTMLElement} li */
  #add(item, li) {
    if (li.querySelector("[part~=added]")) return;
    this.#client?.chosen(item, this.#list);
    this.#fire("add", item);
  }

  /** @param {SuggestedItem | null} item null: the whole list */
  #dismiss(item) {
    const ids = [...this.#drawn.keys()];
    const at = item ? ids.indexOf(item.item_id) : -1;
    this.#fire("dismiss", item);
    this.#client?.dismiss(item, this.#list);
    this.#draw(true); // at once, whatever he is busy with
    const heir = this.#drawn.get(ids[at + 1]) ?? this.#drawn.get(ids[at - 1]);
    if (heir) /** @type {HTMLElement | null} */ (heir.li.querySelector("[part=dismiss]"))?.focus();
    else this.#thank();
  }

  /** Nothing is left: say so where the focus can stand, until he moves on. */
  #thank() {
    const note = el("p", "note", texts(this.#language).gone);
    note.tabIndex = -1;
    this.#section.hidden = true;
    this.hidden = false;
    this.#root.append(note);
    const done = () => {
      note.remove();
      this.#section.hidden = false;
      this.hidden = !this.#now[0];
    };
    note.addEventListener("blur", done, { once: true });
    note.focus();
  }

  /** @param {SuggestedItem} item */
  #line({ item_id, item_name, price, index }) {
    return { item_id, item_name, price, index, item_list_id: this.#list };
  }

  /** @param {Element[]} seen */
  #report(seen) {
    const [, offer] = this.#now;
    const items = [...this.#drawn.values()].filter(({ li }) => seen.includes(li)).map(({ item }) => this.#line(item));
    if (!items.length || !offer) return;
    this.#client?.track("view_item_list", { item_list_id: this.#list, suggestion_id: offer.suggestion_id, items });
  }
}

/** Make the element known to the page. */
export function defineElement() {
  if (!customElements.get("tsuide-suggestions")) customElements.define("tsuide-suggestions", Suggestions);
}
