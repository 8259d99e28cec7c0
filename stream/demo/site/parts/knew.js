/** The strip "How this page knew": how long a suggestion took, what it rests on, and which model made it. */
import { el } from "/site/parts/dom.js";
import { duration, number, texts } from "/site/parts/language.js";
import { inReadingCase } from "/site/parts/title.js";
import { connected, isOptedOut, onAct, onConsent } from "/site/shop.js";

let newest = null; // the last offer with something to show: {offer, seenMs}
const acts = new Map(); // when the customer did what, by the event's id

/** Return the strip; it follows every offer that arrives while it stands on the page. */
export function knewStrip() {
  const strip = el("details", { class: "knew" });
  write(strip);
  return strip;
}

/** Follow what the customer does and what comes back. Call once a page. */
export async function followOffersTime() {
  onAct(({ eventId, at }) => acts.set(eventId, at));
  onConsent(() => {
    newest = null;
    writeAll();
  });
  const client = await connected;
  client.addEventListener("suggestion", ({ detail: { offer } }) => {
    if (!offer.lists.some((list) => list.items.length > 0)) return;
    const at = acts.get(offer.caused_by);
    acts.delete(offer.caused_by); // a second offer about the same click is not timed by it
    // Two frames on, the cards are painted.
    requestAnimationFrame(() =>
      requestAnimationFrame((now) => {
        newest = { offer, seenMs: at === undefined ? null : now - at };
        writeAll();
      }),
    );
  });
}

function writeAll() {
  for (const strip of document.querySelectorAll(".knew")) write(strip);
}

function write(strip) {
  const say = texts();
  const summary = el("summary", {}, el("strong", {}, say.knew), el("span", {}, shortly(say)));
  strip.replaceChildren(summary, newest === null ? el("div", { class: "knew-body" }, el("p", {}, say.knewWhy)) : told(say));
}

function shortly(say) {
  if (isOptedOut()) return say.suggestionsOff;
  if (newest === null) return say.knewYet;
  if (newest.seenMs !== null) return say.knewShort(duration(newest.seenMs));
  const made = madeMs(newest.offer);
  return made === null ? "" : say.knewStood(duration(made));
}

function told(say) {
  const { offer, seenMs } = newest;
  const made = madeMs(offer);
  const first = offer.lists.find((list) => list.items.length > 0).items[0];
  const pair = (term, value) => el("div", {}, el("dt", {}, term), el("dd", {}, value));
  return el(
    "div",
    { class: "knew-body" },
    el(
      "dl",
      {},
      pair(say.knewClick, seenMs === null ? say.notMeasured : duration(seenMs)),
      pair(say.knewMade, made === null ? say.notMeasured : duration(made)),
      pair(say.knewReason, inReadingCase(first.reason.text)),
      pair(say.knewModel, say.knewStep(number(offer.model_version))),
      pair(say.knewMemory, number(offer.memory_version)),
    ),
    el("p", {}, say.knewWhy),
  );
}

function madeMs(offer) {
  return typeof offer.published_ms === "number" ? Math.max(0, offer.published_ms - offer.created_ms) : null;
}
