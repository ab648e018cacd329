/** What a car burns now, as the server's needle gives it: provisional, ten times a second, and never summed. */

import type { NeedleCar } from "./queries";

/** Above this, mpg says only that the throttle is shut. */
export const MOST_MPG = 20;

export interface Now {
  /** Nothing where the car sends nothing, or its engine is not known. */
  readonly rateGS: number | null;
  readonly mpg: number | null;
}

export const UNKNOWN_NOW: Now = { rateGS: null, mpg: null };

/** The server leaves out a car that is stale; without a rate there is no economy either. */
export function nowOf(car: NeedleCar | undefined): Now {
  return car === undefined || car.rateGS === null ? UNKNOWN_NOW : { rateGS: car.rateGS, mpg: car.economy };
}
