/**
 * What a car burns now: ten provisional rates a second, corrected by what each window then finds for the same time.
 *
 * A window's number is final but old; the needle's is new but rough. So the needle moves by its own rates, times how
 * far the last window was from them.
 */

import type { NeedleCar } from "./queries";
import { STALE_MS } from "./reading";

/** A correction beyond this is a fault of one of the two, and is not followed further. */
const MOST_CORRECTION = 1.25;
/** Rates of this many slots are kept: those of the newest window and of the time until it is received. */
const KEPT_SLOTS = 40;
/** Above this, mpg says only that the throttle is shut. */
export const MOST_MPG = 20;

interface Slot {
  readonly endUs: number;
  readonly rateGS: number;
}

export interface Now {
  /** Corrected; nothing where the car sends nothing, or its engine is not known. */
  readonly rateGS: number | null;
  readonly mpg: number | null;
  readonly slots: readonly Slot[];
  readonly correction: number;
}

export const UNKNOWN_NOW: Now = { rateGS: null, mpg: null, slots: [], correction: 1 };

/** Folds a slot of the needle, `[…, slotEndUs)`. */
export function applyNeedle(now: Now, slotEndUs: string, car: NeedleCar | undefined): Now {
  const fresh = car !== undefined && Number(slotEndUs) - Number(car.newestUs) < STALE_MS * 1_000;
  if (!fresh || car.rateGS === null) return { ...now, rateGS: null, mpg: null };
  const slots = [...now.slots.slice(1 - KEPT_SLOTS), { endUs: Number(slotEndUs), rateGS: car.rateGS }];
  const mpg = car.economy === null ? null : car.economy / now.correction;
  return { ...now, slots, rateGS: car.rateGS * now.correction, mpg };
}

/** Folds a window `(fromUs, toUs]` and its mean rate. */
export function applyWindow(now: Now, fromUs: string, toUs: string, rateGS: number | null): Now {
  const inside = now.slots.filter(({ endUs }) => endUs > Number(fromUs) && endUs <= Number(toUs));
  const sum = inside.reduce((sum, slot) => sum + slot.rateGS, 0);
  if (rateGS === null || !(sum > 0)) return now;
  const correction = (rateGS * inside.length) / sum;
  return { ...now, correction: Math.min(MOST_CORRECTION, Math.max(1 / MOST_CORRECTION, correction)) };
}
