/** What the component itself says. Headlines, reasons and benefits come with the list. */

const EN = {
  add: "Add to cart",
  added: "Added",
  why: "Why this?",
  dismiss: /** @param {string} name */ (name) => `Not interested: ${name}`,
  close: "Hide these suggestions",
  gone: "Thank you. You will not see this again during your visit.",
  fresh: /** @param {number} n @param {string} headline */ (n, headline) => `${n} ${n === 1 ? "suggestion" : "suggestions"}: ${headline}`,
  evidence: /** @type {Record<string, string>} */ ({
    together: "Orders with both",
    of: "Orders with the other item",
    visits: "Visits that looked at both",
    days: "Days since your last purchase",
    price_ratio: "Price compared",
    brand: "Brand",
    whole_set: "Orders with all",
  }),
};
/** @type {typeof EN} */
const JA = {
  add: "カートに入れる",
  added: "追加しました",
  why: "この商品が表示される理由",
  dismiss: (name) => `興味がない：${name}`,
  close: "おすすめを閉じる",
  gone: "かしこまりました。今回のご利用中は表示いたしません。",
  fresh: (n, headline) => `おすすめ${n}点：${headline}`,
  evidence: {
    together: "両方を含むご注文（件）",
    of: "元の品を含むご注文（件）",
    visits: "両方が閲覧された回数",
    days: "前回のご購入からの日数",
    price_ratio: "価格の比較",
    brand: "ブランド",
    whole_set: "全品を含むご注文（件）",
    gap: "不足額",
    threshold: "必要額",
    total: "追加後",
    used: "ご利用",
    limit: "上限",
    plan_limit: "プランの上限",
  },
};

/** @param {string} language BCP 47 */
export function texts(language) {
  return /^ja\b/i.test(language) ? JA : EN;
}
