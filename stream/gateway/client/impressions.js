/** What was really seen: at least half of it, for a second, in a tab that is looked at. */

const LOOK_MS = 1000;
const TOGETHER_MS = 100; // what is seen at about the same time is one report

/** @param {(seen: Element[]) => void} report @returns {{watch: (element: Element) => void, forget: (element: Element) => void}} */
export function impressions(report) {
  /** @type {Map<Element, ReturnType<typeof setTimeout> | undefined>} */
  const inSight = new Map();
  /** @type {Element[]} */
  let seen = [];

  /** @param {Element} element */
  const start = (element) => {
    if (document.hidden) return;
    const done = () => {
      forget(element);
      if (!seen.length) setTimeout(() => report(seen.splice(0)), TOGETHER_MS);
      seen.push(element);
    };
    inSight.set(element, setTimeout(done, LOOK_MS));
  };
  /** @param {Element} element */
  const stop = (element) => clearTimeout(inSight.get(element));
  /** @param {Element} element */
  const forget = (element) => {
    observer.unobserve(element);
    stop(element);
    inSight.delete(element);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        stop(target);
        inSight.delete(target);
        if (intersectionRatio < 0.5) continue;
        inSight.set(target, undefined);
        start(target);
      }
    },
    { threshold: 0.5 },
  );
  document.addEventListener("visibilitychange", () => {
    for (const element of inSight.keys()) document.hidden ? stop(element) : start(element);
  });
  return { watch: (element) => observer.observe(element), forget };
}
