/** The goods in the cart, with the shop's prices. */
import { lines } from "/site/parts/basket.js";
import { goodsById } from "/site/parts/goods.js";
import { lastSeen } from "/site/parts/seen.js";

const asked = new Set(); // on this page; the shop's answers are remembered
const AGAIN_MS = 2000;

/** Return [good, quantity] of every line; asks the shop for what is not known yet, until it answers. */
export async function cartGoods() {
  const missing = lines().map((line) => line.item_id).filter((id) => !asked.has(id));
  try {
    if (missing.length > 0) await goodsById(missing);
    for (const id of missing) asked.add(id);
  } catch {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return cartGoods();
  }
  return pairs();
}

/** Return [good, quantity] of every line whose good is known. */
export function pairs() {
  return lines().flatMap((line) => (lastSeen(line.item_id) ? [[lastSeen(line.item_id), line.quantity]] : []));
}

/** Return what the lines cost together. */
export function total() {
  return pairs().reduce((sum, [good, quantity]) => sum + (good.price ?? 0) * quantity, 0);
}
