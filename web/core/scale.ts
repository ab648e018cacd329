/** Scales of charts: a domain laid on pixels, round ticks, and texts that must not overlap. */

import type { Range } from "./range";

export type Scale = (value: number) => number;

/** Lays `domain` on the pixels from `from` to `to`, which may run backwards. */
export function linear(domain: Range, from: number, to: number): Scale {
  const perUnit = (to - from) / (domain.hi - domain.lo || 1);
  return (value) => from + (value - domain.lo) * perUnit;
}

/** The smallest range that holds all; nothing of nothing. */
export function extent(values: readonly number[]): Range | null {
  return values.length === 0 ? null : { lo: Math.min(...values), hi: Math.max(...values) };
}

/** Ticks inside a range at the step of 1, 2, 5 or 10 times a power of ten that comes nearest to `about` of them. */
export function ticks(range: Range, about: number): number[] {
  const rough = (range.hi - range.lo) / about;
  if (!(rough > 0)) return [range.lo];
  const power = 10 ** Math.floor(Math.log10(rough));
  const nearest = (n: number) => Math.abs(Math.log((n * power) / rough));
  const step = power * [1, 2, 5, 10].reduce((best, n) => (nearest(n) < nearest(best) ? n : best));
  const first = Math.ceil(range.lo / step - 1e-9);
  const count = Math.floor(range.hi / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The decimals that the step between ticks needs. */
export function decimals(at: readonly number[]): number {
  const step = (at[1] ?? 1) - (at[0] ?? 0);
  return Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** Whole numbers, in any order, cut into stretches without gaps. */
export function stretchesOf(numbers: Iterable<number>): Range[] {
  const stretches: { lo: number; hi: number }[] = [];
  for (const n of [...numbers].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && last.hi === n - 1) last.hi = n;
    else stretches.push({ lo: n, hi: n });
  }
  return stretches;
}

/** Texts of these widths laid from left to right, each at its place or after the one before, and all inside `total`. */
export function spaced(places: readonly number[], widths: readonly number[], gap: number, total: number): number[] {
  const laid: number[] = [];
  let free = 0;
  for (const [i, width] of widths.entries()) {
    laid.push(Math.max(places[i] ?? 0, free));
    free = (laid[i] ?? 0) + width + gap;
  }
  let end = total;
  return laid
    .toReversed()
    .map((at, i) => {
      const placed = Math.min(at, end - (widths.at(-1 - i) ?? 0));
      end = placed - gap;
      return placed;
    })
    .toReversed();
}

/** For each place on a line the lowest row on which texts of `width` do not overlap, in the order given. */
export function rows(places: readonly number[], width: number): number[] {
  const taken: number[][] = [];
  return places.map((place) => {
    let row = 0;
    while (taken[row]?.some((other) => Math.abs(other - place) < width)) row += 1;
    taken[row] = [...(taken[row] ?? []), place];
    return row;
  });
}
