/** Two cars side by side: what may be shown of the difference. */

import { amount } from "./format";
import { range80 } from "./range";
import type { Reading } from "./reading";
import { MPG } from "./units";

export interface Difference {
  /** Unrounded, above zero. */
  readonly mpg: number;
  readonly better: Reading;
  /** One of both is not yet checked against a stop: the scale that they share may be off, and this with it. */
  readonly about: boolean;
}

/**
 * Who gets more miles out of a gallon, and how many; nothing where the sign is not nine in ten sure, or one side has
 * nothing to show. Errors are of each car alone: what the field has in common cannot turn the sign.
 */
export function difference(a: Reading, b: Reading): Difference | null {
  if (a.economy.kind === "none" || b.economy.kind === "none") return null;
  const { economy5: mpgA, economy5Sd: sdA } = a.insight;
  const { economy5: mpgB, economy5Sd: sdB } = b.insight;
  if (mpgA === null || mpgB === null || sdA === null || sdB === null) return null;
  const mpg = Math.abs(mpgA - mpgB);
  // One end of an 80 % range is passed one time in ten.
  const sure = (range80(mpg, Math.hypot(sdA, sdB))?.lo ?? 0) > 0;
  if (!sure || amount(mpg, MPG.economy) === amount(0, MPG.economy)) return null;
  return { mpg, better: mpgA > mpgB ? a : b, about: [a, b].some(({ economy }) => economy.kind === "number" && economy.about) };
}
