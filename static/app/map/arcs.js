/**
 * Great circles, as few points as look round.
 *
 * @typedef {[lon: number, lat: number]} Position
 */

const RADIANS = Math.PI / 180;
/** Degrees of the great circle between two points of an arc: seen from far away, or near. */
const COARSE = 4;
export const FINE = 1.2;

/**
 * @param {Position} position
 * @returns {[number, number, number]} A unit vector.
 */
function vector([lon, lat]) {
  const [x, y] = [lon * RADIANS, lat * RADIANS];
  return [Math.cos(y) * Math.cos(x), Math.cos(y) * Math.sin(x), Math.sin(y)];
}

/**
 * Degrees between two positions.
 * @param {Position} from
 * @param {Position} to
 */
export function degreesBetween(from, to) {
  const [a, b] = [vector(from), vector(to)];
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / RADIANS;
}

/**
 * A circle on the globe around a box.
 * @param {number[]} bbox West, south, east, north; where west is greater than east it crosses ±180°.
 * @returns {{ center: Position, degrees: number }} `degrees`: from side to side.
 */
export function circleAround([west, south, east, north]) {
  const center = /** @type {Position} */ ([west + ((east - west + 360) % 360) / 2, (south + north) / 2]);
  return { center, degrees: 2 * Math.max(degreesBetween(center, [west, south]), degreesBetween(center, [west, north])) };
}

/**
 * The position at a share of the way from one position to another; antipodes have no one way.
 * @param {Position} from
 * @param {Position} to
 * @param {number} share 0 to 1.
 * @returns {Position}
 */
export function along(from, to, share) {
  const angle = degreesBetween(from, to) * RADIANS;
  if (angle < 1e-9) return from;
  const [a, b] = [vector(from), vector(to)];
  const [p, q] = [Math.sin((1 - share) * angle) / Math.sin(angle), Math.sin(share * angle) / Math.sin(angle)];
  const [x, y, z] = [p * a[0] + q * b[0], p * a[1] + q * b[1], p * a[2] + q * b[2]];
  return [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS];
}

/**
 * The great circle between two positions: one line, or two where it crosses ±180°.
 * @param {Position} from
 * @param {Position} to
 * @param {number} [step] Degrees between two of its points.
 * @returns {Position[][]}
 */
export function greatCircle(from, to, step = COARSE) {
  const degrees = degreesBetween(from, to);
  const steps = Math.max(1, Math.ceil(degrees / step));
  const lines = [[from]];
  let last = from;
  for (let at = 1; at <= steps; at += 1) {
    const next = at === steps ? to : along(from, to, at / steps);
    if (Math.abs(next[0] - last[0]) > 180) {
      const edge = last[0] > 0 ? 180 : -180;
      const beyond = next[0] + 2 * edge;
      const share = (edge - last[0]) / (beyond - last[0] || 1);
      const lat = last[1] + share * (next[1] - last[1]);
      lines[lines.length - 1].push([edge, lat]);
      lines.push([[-edge, lat]]);
    }
    lines[lines.length - 1].push(next);
    last = next;
  }
  return lines;
}
