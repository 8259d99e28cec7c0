// Made from stream/gateway/client by `make golden`; do not edit.

import type { AddToCart, Event as Sent, SuggestedItem, SuggestedList, Suggestion } from "./tsuide.js";

/**
 * Connect this page. Elements <tsuide-suggestions> use the client that was connected last.
 * @param {Options} options
 */
export function connect(options: Options): Client;
/** Fires "suggestion" ({detail: {offer}}) and "state" ({detail: {state}}). */
export class Client extends EventTarget {
    /** @param {Options} options */
    constructor({ token, url, session, language }: Options);
    /** The visit's id, the same in all tabs; null where the page wants none. */
    get session(): string | null;
    /** @returns {State} */
    get state(): State;
    set language(tag: string);
    /** The language of events and texts. @returns {string} */
    get language(): string;
    /**
     * Hear of a list: at once what is known, then every change; null when there is nothing to show (any more).
     * @param {SuggestedList["item_list_id"] | (string & {})} name
     * @param {Listener} listener
     * @returns {() => void} ends it
     */
    subscribe(name: SuggestedList["item_list_id"] | (string & {}), listener: Listener): () => void;
    /**
     * Report what the customer did. Id, time, session, language and, for items that came from a suggestion, its id are filled in.
     * @param {Sent["event"]} event
     * @param {Fields} [fields]
     */
    track(event: Sent["event"], fields?: Fields): void;
    /**
     * Not interested: in one item, or in the whole list. It is not shown again during this visit.
     * @param {SuggestedItem | string | null} item
     * @param {SuggestedList | string} list
     */
    dismiss(item: SuggestedItem | string | null, list: SuggestedList | string): void;
    /** Whether an item was put into the cart or bought during this visit. @param {string} item_id */
    taken(item_id: string): boolean;
    /** An item was chosen from a list: what follows is owed to that suggestion. @param {SuggestedItem} item @param {string} list */
    chosen(item: SuggestedItem, list: string): void;
    /**
     * The customer's will. opt_out: everything is cleared at once and nothing more is sent or shown, until opt_in.
     * @param {"opt_out" | "opt_in" | "forget"} choice
     * @returns {Promise<void>} once it stands in the log. Rejects when the gateway could not be told: say so, and ask again.
     */
    consent(choice: "opt_out" | "opt_in" | "forget"): Promise<void>;
    /** The customer signed in or out: another token, another visit. */
    renew(): Promise<void>;
    /** End it; what was tracked is still sent. */
    close(): void;
    #private;
}
export type Offer = Omit<Suggestion, "customer">;
export type State = "connecting" | "open" | "waiting" | "opted_out" | "closed";
export type Options = {
    /**
     * asks the shop's backend
     */
    token: () => Promise<{
        token: string;
        expires_ms: number;
        opted_out?: boolean;
    }>;
    /**
     * of the gateway; where this module came from unless told
     */
    url?: string | URL | undefined;
    /**
     * the page's own session id; null: the engine tells visits apart
     */
    session?: string | null | undefined;
    /**
     * of the texts, BCP 47; the page's `lang` unless told
     */
    language?: string | undefined;
};
/**
 * of an event, as in tsuide.d.ts
 */
export type Fields = Partial<Omit<AddToCart, "event">> & {
    item_list_id?: string;
    search_term?: string;
    dwell_ms?: number;
    plan_id?: string;
    metric?: string;
    used?: number;
    limit?: number;
};
export type Listener = (list: SuggestedList | null, offer: Offer | null) => void;
/** Fires tsuide:add, tsuide:select (may be prevented) and tsuide:dismiss with {item, list, suggestion_id}; they bubble. */
export class Suggestions extends HTMLElement {
    static observedAttributes: string[];
    set picture(draw: ((item: SuggestedItem) => Node | null | undefined) | null);
    /** Draws an item's picture: `element.picture = (item) => Node`. */
    get picture(): ((item: SuggestedItem) => Node | null | undefined) | null;
    set wording(say: (text: string) => string);
    /** Says names and sentences in the page's own way: `element.wording = (text) => text`. */
    get wording(): (text: string) => string;
    connectedCallback(): void;
    disconnectedCallback(): void;
    /** @param {string} name @param {string | null} before @param {string | null} after */
    attributeChangedCallback(name: string, before: string | null, after: string | null): void;
    #private;
}

declare global {
  interface HTMLElementTagNameMap {
    "tsuide-suggestions": Suggestions;
  }
}
