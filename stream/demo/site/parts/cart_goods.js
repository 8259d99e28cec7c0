/** The goods in the cart, with the shop's prices. */
import { lines } from "/site/parts/basket.js";
import { goodsById } from "/site/parts/goods.js";

const known = new Map();
const AGAIN_MS = 2000;

/** Return [good, quantity] of every line; asks the shop for what is not known yet, until it answers. */
export async function cartGoods() {
  const missing = lines().map((line) => line.item_id).filter((id) => !known.has(id));
  try {
    const found = missing.length > 0 ? await goodsById(missing) : new Map();
    for (const id of missing) known.set(id, found.get(id) ?? null);
  } catch {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return cartGoods();
  }
  return pairs();
}

/** Return [good, quantity] of every line whose good is known. */
export function pairs() {
  return lines().flatMap((line) => (known.get(line.item_id) ? [[known.get(line.item_id), line.quantity]] : []));
}

/** Return what the lines cost together. */
export function total() {
  return pairs().reduce((sum, [good, quantity]) => sum + (good.price ?? 0) * quantity, 0);
}
