/** Path builders: each returns the `d` of a closed shape, in the units of the tile. */

const at = (value) => Number(value.toFixed(2));

/** Return a rectangle with rounded corners; `top` rounds the upper ones otherwise. */
export function rect(x, y, w, h, r = 0, top = r) {
  return `M${at(x + top)} ${y}h${at(w - 2 * top)}q${top} 0 ${top} ${top}v${at(h - top - r)}q0 ${r} ${-r} ${r}h${at(2 * r - w)}q${-r} 0 ${-r} ${-r}v${at(r + top - h)}q0 ${-top} ${top} ${-top}z`;
}

/** Return an ellipse about a centre; a circle without `ry`. */
export function round(cx, cy, rx, ry = rx) {
  return `M${at(cx - rx)} ${at(cy)}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`;
}

/** Return a heart that is `s` to each side of its centre. */
export function heart(cx, cy, s) {
  const p = (x, y) => `${at(cx + x * s)} ${at(cy + y * s)}`;
  return `M${p(0, 0.92)}C${p(-0.55, 0.5)} ${p(-1, 0.15)} ${p(-1, -0.32)}C${p(-1, -0.98)} ${p(-0.2, -1.02)} ${p(0, -0.42)}C${p(0.2, -1.02)} ${p(1, -0.98)} ${p(1, -0.32)}C${p(1, 0.15)} ${p(0.55, 0.5)} ${p(0, 0.92)}z`;
}

/** Return a star of `n` points between two radii. */
export function star(cx, cy, outer, inner, n = 5) {
  const corners = Array.from({ length: 2 * n }, (_, corner) => {
    const angle = (Math.PI * corner) / n - Math.PI / 2;
    const radius = corner % 2 ? inner : outer;
    return `${at(cx + radius * Math.cos(angle))} ${at(cy + radius * Math.sin(angle))}`;
  });
  return `M${corners.join("L")}z`;
}

/** Return a polygon from its corners: x, y, x, y, … */
export function corners(...places) {
  const pairs = [];
  for (let i = 0; i < places.length; i += 2) pairs.push(`${at(places[i])} ${at(places[i + 1])}`);
  return `M${pairs.join("L")}z`;
}

/** Return a leaf from one end to the other, `width` wide. */
export function leaf(x1, y1, x2, y2, width) {
  const [mx, my, dx, dy] = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy);
  const [nx, ny] = [(-dy / length) * width, (dx / length) * width];
  return `M${at(x1)} ${at(y1)}Q${at(mx + nx)} ${at(my + ny)} ${at(x2)} ${at(y2)}Q${at(mx - nx)} ${at(my - ny)} ${at(x1)} ${at(y1)}z`;
}

/** Return `n` shapes around a centre: `shape(x, y, angle)` at `radius`. */
export function ring(cx, cy, radius, n, shape) {
  return Array.from({ length: n }, (_, i) => {
    const angle = (2 * Math.PI * i) / n - Math.PI / 2;
    return shape(cx + radius * Math.cos(angle), cy + radius * Math.sin(angle), angle);
  }).join("");
}
