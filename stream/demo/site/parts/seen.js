/** Goods that this tab has seen lately, so that a page stands complete before the shop answers. Prices are asked for anew all the same. */
import { kept } from "/site/parts/which.js";

const KEPT = kept("goods");
const MOST = 300; // goods, some 30 KB
let goods = null;

/** Remember these goods. */
export function remember(found) {
  const all = seen();
  for (const good of found) {
    all.delete(good.item_id); // to the end: the newest
    all.set(good.item_id, good);
  }
  goods = new Map([...all].slice(-MOST));
  sessionStorage.setItem(KEPT, JSON.stringify([...goods.values()]));
}

/** Return a good as it was last seen, or undefined. */
export function lastSeen(itemId) {
  return seen().get(itemId);
}

function seen() {
  if (goods === null) {
    try {
      goods = new Map(JSON.parse(sessionStorage.getItem(KEPT) ?? "[]").map((good) => [good.item_id, good]));
    } catch {
      goods = new Map(); // what stands there is not ours
    }
  }
  return goods;
}
