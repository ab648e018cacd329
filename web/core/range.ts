/** Ranges that hold four times in five, and order statistics of the field. */

/** An 80 % range; `lo <= hi`. One end of it is passed one time in ten. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/** The 90th percentile of the standard normal law: half an 80 % range, in standard deviations. */
export const Z80 = 1.2815515655446;

/** The 80 % range of a normal estimate; nothing if the mean or its spread is missing. */
export function range80(mean: number | null, sd: number | null): Range | null {
  if (mean === null || sd === null) return null;
  return { lo: mean - Z80 * sd, hi: mean + Z80 * sd };
}

/** The sample quantile at `p` in 0..1 by linear interpolation (Hyndman & Fan 1996, type 7); nothing of nothing. */
export function quantile(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (at - Math.floor(at));
}
