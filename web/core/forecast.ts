/** The end of the race for one car, in words. */

import { known } from "./field";
import { DASH, spare } from "./format";
import { range80 } from "./range";
import type { Reading } from "./reading";

/** What is shown of the finish; a dash where not enough is known. */
export interface Finish {
  /** Chance to make it, percent. */
  readonly makeIt: string;
  /** Laps long or short, as an 80 % range. */
  readonly laps: string;
  /** Economy from here on that makes it, mpg. */
  readonly target: string;
  /** Laps, completed, between which one stop is enough. */
  readonly window: string;
}

export const UNKNOWN: Finish = { makeIt: DASH, laps: DASH, target: DASH, window: DASH };

/** What counts as sure. */
const SURE = 0.9;

/** Never surer than one in a hundred either way: nobody is. */
const chance = (p: number): string => (p < 0.01 ? "< 1 %" : p > 0.99 ? "> 99 %" : `${Math.round(100 * p)} %`);

export function finish(reading: Reading): Finish {
  const { forecast } = reading.insight;
  if (!known(reading) || !forecast || forecast.makeIt === null) return UNKNOWN;
  const { makeIt, lapsLong, lapsLongSd, saveTarget, windowOpensLap, windowClosesLap, oneStopIsEnough } = forecast;
  return {
    makeIt: chance(makeIt),
    laps: spare(range80(lapsLong, lapsLongSd)),
    // who is sure already need not save; how much more he may burn is nothing to go by
    target: makeIt >= SURE ? "as now" : saveTarget === null ? "out of reach" : saveTarget.toFixed(1),
    window:
      windowOpensLap === null || windowClosesLap === null || !oneStopIsEnough ? DASH : `${windowOpensLap}–${windowClosesLap}`,
  };
}
