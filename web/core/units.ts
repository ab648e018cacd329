/** Unit systems. The server is asked for mpg and US gallons once; `U` changes what every screen shows at once. */

import type { Session } from "./queries";

/** By definition: 231 cubic inches, and 5 280 feet (NIST Handbook 44, appendix C). */
const LITRES_PER_US_GALLON = 3.785411784;
const METRES_PER_MILE = 1609.344;

/** A quantity as shown: how it is made from what the server says, and the step it is rounded to. */
export interface Unit {
  readonly label: string;
  readonly spoken: string;
  readonly step: number;
  readonly of: (served: number) => number;
}

export interface Units {
  /** From mpg. */
  readonly economy: Unit;
  /** From US gallons. */
  readonly fuel: Unit;
}

/** Steps stand for about the same fuel in every system: 0.1 mpg of 4.6 is 2 %, half a gallon is 2 litres. */
const GALLONS: Unit = { label: "gal", spoken: "gallons", step: 0.5, of: (gal) => gal };
const LITRES: Unit = { label: "L", spoken: "litres", step: 2, of: (gal) => gal * LITRES_PER_US_GALLON };

export const MPG: Units = {
  economy: { label: "mpg", spoken: "miles per gallon", step: 0.1, of: (mpg) => mpg },
  fuel: GALLONS,
};

const METRIC: Units = {
  economy: {
    label: "L/100 km",
    spoken: "litres per 100 kilometres",
    step: 1,
    of: (mpg) => (LITRES_PER_US_GALLON * 1e5) / METRES_PER_MILE / mpg,
  },
  fuel: LITRES,
};

/** The systems that a session allows: per lap needs the length of one, mass needs the density of the fuel. */
export function unitSystems(session: Session | null): readonly Units[] {
  const systems = [MPG, METRIC];
  const lapM = session?.trackLengthM ?? null;
  if (session === null || lapM === null) return systems;
  const galPerLap = (mpg: number) => lapM / METRES_PER_MILE / mpg;
  systems.push({
    economy: { label: "gal/lap", spoken: "gallons a lap", step: 0.01, of: galPerLap },
    fuel: GALLONS,
  });
  if (session.tank === null || session.tankKg === null) return systems;
  const kgPerGal = session.tankKg / session.tank;
  systems.push({
    economy: { label: "kg/lap", spoken: "kilograms a lap", step: 0.01, of: (mpg) => galPerLap(mpg) * kgPerGal },
    fuel: { label: "kg", spoken: "kilograms", step: 1, of: (gal) => gal * kgPerGal },
  });
  return systems;
}
