/** Elements, made in one line. */
import { shop } from "/site/parts/which.js";

/**
 * Return an element. `on…` attributes are listeners, true sets an attribute, null and false leave it out.
 * Children are nodes or texts; null is left out.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Return a drawing from markup of our own making; never of what a user or a server wrote. */
export function drawing(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = markup;
  return holder.content.firstElementChild;
}

const LINE = 'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"';
const ICONS = {
  search: `<circle cx="10.5" cy="10.5" r="6.5" ${LINE}/><path d="m15.5 15.5 5 5" ${LINE}/>`,
  cart: `<path d="M4 9h16l-1.6 11H5.6zM8.5 9a3.5 5.5 0 0 1 7 0" ${LINE}/>`,
  live: `<path d="M3 13h4l3-8 4 14 3-6h4" ${LINE}/>`,
  plan: `<path d="M7 18a4.500 4.500 0 0 1-.3-9 6 6 0 0 1 11.500-.9 5 5 0 0 1 0 9.900z" ${LINE}/>`,
  news: `<path d="M5 4.500h14v15H5zM8 8h8M8 12h3.500M8 15.500h3.500M14.500 12H16M14.500 15.500H16" ${LINE}/>`,
  language: `<circle cx="12" cy="12" r="8.5" ${LINE}/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17" ${LINE}/>`,
};

/** Return a small drawing that stands beside a word. */
export function icon(name) {
  return drawing(`<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`);
}

/** Return the shop's mark: a tied parcel, or for the sunny place that the other shop is named after, a sun. */
export function mark() {
  if (shop.id === "hinata") return drawing('<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="20" fill="#17494d"/><circle cx="20" cy="22" r="8" fill="#f2b134"/><path d="M6 22h28v12H6z" fill="#17494d"/><path d="M8 25h24M12 29h16M20 6v4M9.500 11l2.500 3M30.500 11l-2.500 3" fill="none" stroke="#f7f5ee" stroke-width="2.200" stroke-linecap="round"/></svg>');
  return drawing(
    '<svg viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="11" fill="#4d2340"/>' +
      '<rect x="8" y="16" width="24" height="17" rx="2.5" fill="#f4b740"/><path d="M17.5 16h5v17h-5z" fill="#fcf9f4"/>' +
      '<path d="M20 16c-9 0-10-8-5.5-8 3 0 4.5 4 5.5 8 1-4 2.5-8 5.5-8 4.5 0 3.5 8-5.5 8z" fill="#fcf9f4"/>' +
      '<path d="M20 16c-4.5-.4-6-4.800-4.400-4.800 1.800 0 3.400 2 4.400 4.800 1-2.800 2.600-4.800 4.400-4.800 1.600 0 .1 4.400-4.400 4.800z" fill="#4d2340"/></svg>',
  );
}
