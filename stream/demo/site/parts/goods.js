/** What the pages ask the shop about its goods. */
import { remember } from "/site/parts/seen.js";

/** Return a page of goods: {items, total, pages}. */
export async function searchGoods({ q = "", group = "", page = 1 }, signal) {
  const found = await ask(`/shop/api/items?${new URLSearchParams({ q, group, page })}`, signal);
  remember(found.items);
  return found;
}

/** Return one item, or null where the shop has none of this id. */
export async function findGood(itemId) {
  const answer = await fetch(`/shop/api/items/${encodeURIComponent(itemId)}`);
  if (answer.status === 404) return null;
  const good = await told(answer);
  remember([good]);
  return good;
}

/** Return these items by id. */
export async function goodsById(itemIds) {
  if (itemIds.length === 0) return new Map();
  const { items } = await ask(`/shop/api/items?ids=${itemIds.map(encodeURIComponent).join(",")}`);
  remember(items);
  return new Map(items.map((good) => [good.item_id, good]));
}

/** Return the departments: [{group, title: {en, ja}, count}]. */
export function departments() {
  return ask("/shop/api/groups");
}

/** Return the plans of a line, the smallest first. */
export async function plansOf(family) {
  return (await ask(`/shop/api/plans/${encodeURIComponent(family)}`)).items;
}

/** Return from which sums on a cart brings what: [{at, benefit: {language: words}, currency}], the lowest first. */
export function thresholds() {
  return ask("/shop/api/thresholds");
}

/** Return {live, stage}. */
export function shopStatus() {
  return ask("/shop/api/status");
}

async function ask(address, signal) {
  return told(await fetch(address, { signal }));
}

function told(answer) {
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname} answers ${answer.status}`);
  return answer.json();
}
