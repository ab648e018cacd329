/** In which order cars stand, and how one is found. Car numbers are text: `07` and `7` are two cars. */

import type { Reading } from "./reading";

export type Sort = "position" | "burn";

/** By running order or by burn, least first; those that have neither stand last, in order of their numbers as text. */
export function ordered(readings: readonly Reading[], sort: Sort): Reading[] {
  const key = sort === "position" ? (r: Reading) => r.insight.position : (r: Reading) => r.relative;
  return [...readings].sort((a, b) => (key(a) ?? Infinity) - (key(b) ?? Infinity) || byNumber(a, b));
}

/** The car `delta` places on from the one chosen; the first if none is. */
export function moved(order: readonly Reading[], chosen: string | null, delta: number): string | null {
  const at = order.findIndex((reading) => reading.vehicleId === chosen);
  const next = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + delta));
  return order[next]?.vehicleId ?? null;
}

/** Cars that a typed number or name may mean, best first: that very number, numbers that begin so, names that hold it. */
export function found(readings: readonly Reading[], typed: string): Reading[] {
  const text = typed.trim().toLowerCase();
  if (text === "") return [];
  const rank = (reading: Reading): number => {
    if (reading.number.toLowerCase() === text) return 0;
    if (reading.number.toLowerCase().startsWith(text)) return 1;
    return reading.driver.toLowerCase().includes(text) ? 2 : 3;
  };
  return readings.filter((reading) => rank(reading) < 3).sort((a, b) => rank(a) - rank(b) || byNumber(a, b));
}

/** The car an address names: by number first, as text, then by vehicle id. */
export function named(readings: readonly Reading[], name: string): Reading | undefined {
  return readings.find((r) => r.number === name) ?? readings.find((r) => r.vehicleId === name);
}

/** `size` neighbours of an order around the car chosen, from the front where none is; fewer only where there are fewer. */
export function around(order: readonly Reading[], chosen: Reading | undefined, size: number): Reading[] {
  const at = chosen === undefined ? 0 : order.indexOf(chosen);
  const first = Math.max(0, Math.min(at - Math.floor(size / 2), order.length - size));
  return order.slice(first, first + size);
}

function byNumber(a: Reading, b: Reading): number {
  return a.number < b.number ? -1 : a.number > b.number ? 1 : 0;
}
