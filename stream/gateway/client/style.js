/** How it looks: quiet, in the page's own face; every colour can be set by --tsuide-*, every part by ::part(). */

// light-dark() follows the page's color-scheme: a page that has no dark side gets no dark cards.
const CSS = `
:host {
  --text: var(--tsuide-text, light-dark(#23262d, #eceef2));
  --soft: var(--tsuide-soft, light-dark(#5b6270, #b0b7c4));
  --card: var(--tsuide-surface, light-dark(#fff, #22252c));
  --edge: var(--tsuide-border, light-dark(#dfe2e8, #3b404b));
  --accent: var(--tsuide-accent, light-dark(#2f4bb8, #a9b8ff));
  --on-accent: var(--tsuide-on-accent, light-dark(#fff, #141a33));
  --good: var(--tsuide-good, light-dark(#1c6b45, #86d6ab));
  --round: var(--tsuide-radius, .875rem);
  display: block; container-type: inline-size; color: var(--text); line-height: 1.45;
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; margin: 0; }
.status, [part~=status] { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[part=head] { display: flex; align-items: center; justify-content: space-between; gap: .5rem; margin-block-end: .5rem; }
[part=headline] { font: inherit; font-size: 1.125em; font-weight: 650; line-height: 1.3; text-wrap: balance; overflow-wrap: anywhere; border-radius: .25rem; }
[part=cards] { list-style: none; padding: 0; display: grid; gap: var(--tsuide-gap, .875rem); grid-template-columns: repeat(auto-fill, minmax(12.5rem, 1fr)); }
[part=card] { position: relative; display: flex; flex-direction: column; min-inline-size: 0; padding: .625rem; background: var(--card); border: 1px solid var(--edge); border-radius: var(--round); }
[part=picture] { aspect-ratio: 4 / 3; overflow: hidden; border-radius: calc(var(--round) - .3125rem); display: grid; margin-block-end: .625rem; }
[part=picture] > * { inline-size: 100%; block-size: 100%; min-block-size: 0; object-fit: cover; }
.tile { display: grid; place-items: center; font-size: 2.5rem; font-weight: 300; color: light-dark(#3b4252, #e6e9f0); background: light-dark(#e9edf6, #333a4a); }
.tile[data-tone="1"] { background: light-dark(#f6ece6, #463a33); }
.tile[data-tone="2"] { background: light-dark(#e8f2ec, #32433a); }
.tile[data-tone="3"] { background: light-dark(#f3eaf4, #42364a); }
.tile[data-tone="4"] { background: light-dark(#f5f1df, #45402f); }
[part=words] { flex: 1; display: flex; flex-direction: column; gap: .25rem; min-inline-size: 0; font-size: .9375em; }
[part=name] { all: unset; cursor: pointer; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; border-radius: .25rem; }
[part=name]::after { content: ""; position: absolute; inset: 0 0 auto; aspect-ratio: 4 / 3; }
[part=name]:hover { text-decoration: underline; text-underline-offset: .15em; }
[part=benefit] { color: var(--good); }
[part=prices] { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .5rem; }
[part=price] { font-size: 1.125em; font-weight: 650; font-variant-numeric: tabular-nums; }
[part~=difference] { color: var(--soft); font-size: .875em; font-variant-numeric: tabular-nums; }
[part~=less] { color: var(--good); }
[part=because] { margin-block-start: auto; padding-block-start: .125rem; font-size: .875em; color: var(--soft); }
[part=reason] { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; }
[part=why][open] > summary { color: var(--text); }
[part=because]:has([open]) > [part=reason] { display: none; }
summary { inline-size: fit-content; min-block-size: 1.75rem; padding-block: .25rem; cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; border-radius: .25rem; }
summary::marker, summary::-webkit-details-marker { content: ""; display: none; }
dl { padding: 0; margin-block-start: .375rem; }
dl > div { display: flex; justify-content: space-between; gap: .75rem; padding-block: .125rem; border-block-start: 1px solid var(--edge); }
dd { color: var(--text); font-variant-numeric: tabular-nums; }
dt::first-letter { text-transform: uppercase; }
button { font: inherit; cursor: pointer; }
[part~=add] { min-block-size: 2.75rem; margin-block-start: .5rem; padding: .375rem .75rem; font-size: .9375em; font-weight: 600; color: var(--accent); background: none; border: 1.5px solid currentcolor; border-radius: calc(var(--round) - .25rem); }
[part~=add]:hover { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
[part~=added], [part~=added]:hover { color: var(--good); background: none; border-color: transparent; cursor: default; }
[part~=added]::before { content: "✓ " / ""; }
[part=dismiss], [part=close] { flex: none; inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 0; background: none; color: var(--soft); display: grid; place-items: center; border-radius: 50%; }
[part=dismiss] { position: absolute; inset: .375rem .375rem auto auto; }
[part=dismiss]::before, [part=close]::before { content: "✕" / ""; display: grid; place-items: center; inline-size: 1.75rem; block-size: 1.75rem; font-size: .75rem; line-height: 1; border-radius: 50%; background: color-mix(in srgb, var(--card) 88%, transparent); }
[part=close]::before { background: none; }
[part=dismiss]:hover, [part=close]:hover { color: var(--text); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[part=headline]:focus { outline-offset: .25rem; }
[part=name]:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
[part=note] { padding: .75rem 0; color: var(--soft); }
@container (max-width: 35rem) {
  [part=cards] { grid-template-columns: none; grid-auto-flow: column; grid-auto-columns: min(78%, 14.5rem); overflow-x: auto; overscroll-behavior-x: contain; scroll-snap-type: x proximity; padding: .25rem; margin: -.25rem; scrollbar-width: thin; }
  [part=card] { scroll-snap-align: start; scroll-margin-inline: .25rem; }
}
@media (prefers-reduced-motion: no-preference) {
  [part=card] { animation: in .35s ease-out both; }
  [part~=add] { transition: color .15s, background-color .15s, border-color .15s; }
  @keyframes in { from { opacity: 0; transform: translateY(.375rem); } }
}
@media (forced-colors: active) { [part=dismiss]::before, [part=close]::before { border: 1px solid; } }
`;

/** @type {CSSStyleSheet | undefined} */
let made;

/** One sheet for all elements; constructed, so that a page's CSP need not allow inline styles. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
