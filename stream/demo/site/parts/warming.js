/** Until suggestions are being made: a note across the top, gone by itself. */
import { el } from "/site/parts/dom.js";
import { shopStatus } from "/site/parts/goods.js";
import { onLanguage, texts } from "/site/parts/language.js";

const AGAIN_MS = 1000;

/** Resolve as soon as the shop makes suggestions. */
export async function untilLive() {
  let note = null;
  let stage = "";
  const write = () => {
    note?.replaceChildren(el("span", {}, `${texts().warming} ${stage ? texts().warmingNow(stage) : ""}`));
  };
  onLanguage(write);
  for (;;) {
    const status = await shopStatus().catch(() => ({ live: false, stage: "" }));
    if (status.live) break;
    stage = status.stage;
    if (note === null) {
      note = el("p", { class: "note", role: "status" });
      document.querySelector(".head").after(note);
    }
    write();
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
  note?.remove();
}
