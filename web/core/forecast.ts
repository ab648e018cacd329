/** The end of the race for one car, in words. */

import { known, lapsToSpare } from "./field";
import { amount, DASH, spare } from "./format";
import type { Reading } from "./reading";
import type { Unit } from "./units";

/** What is shown of the finish; a dash where not enough is known. */
export interface Finish {
  /** Chance to make it, percent. */
  readonly makeIt: string;
  /** Laps long or short, as an 80 % range. */
  readonly laps: string;
  /** Economy from here on that makes it. */
  readonly target: string;
  /** Laps, completed, between which one stop is enough. */
  readonly window: string;
}

export const UNKNOWN: Finish = { makeIt: DASH, laps: DASH, target: DASH, window: DASH };

/** Sure, as the server's targets, windows and fuel to add mean it. */
const SURE = 0.9;

/** Never surer than one in a hundred either way: nobody is. */
const chance = (p: number): string => (p < 0.01 ? "< 1 %" : p > 0.99 ? "> 99 %" : `${Math.round(100 * p)} %`);

/** `unit` is of economy. */
export function finish(reading: Reading, unit: Unit): Finish {
  const { forecast } = reading.insight;
  if (!known(reading) || !forecast || forecast.makeIt === null) return UNKNOWN;
  const { makeIt, saveTarget, windowOpensLap, windowClosesLap, oneStopIsEnough } = forecast;
  return {
    makeIt: chance(makeIt),
    laps: spare(lapsToSpare(reading)),
    // who is sure already need not save; how much more he may burn is nothing to go by
    target: makeIt >= SURE ? "as now" : saveTarget === null ? "out of reach" : amount(saveTarget, unit),
    window:
      windowOpensLap === null || windowClosesLap === null || !oneStopIsEnough ? DASH : `${windowOpensLap}–${windowClosesLap}`,
  };
}
