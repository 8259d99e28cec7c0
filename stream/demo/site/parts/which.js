/** Which shop this is, as the page says it. */
const { shop: id, name, language, currency } = document.documentElement.dataset;

/** {id, name, language, currency}; `language` is empty where the visitor's own is spoken. */
export const shop = { id, name, language, currency };

/** Return the key under which this browser keeps `what` of this shop. */
export const kept = (what) => `${id}.${what}`;
