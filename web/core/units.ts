/** Unit systems. The server is asked for mpg and US gallons once; `U` changes what every screen shows at once. */

import type { Session } from "./queries";

/** By definition: 231 cubic inches, and 5 280 feet (NIST Handbook 44, appendix C). */
const LITRES_PER_US_GALLON = 3.785411784;
const METRES_PER_MILE = 1609.344;

/** A quantity as shown: how it is made from what the server sends, and the step it is rounded to. */
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
  /** Of burn now, from grams a second. */
  readonly rate: Unit;
}

/** Steps stand for about the same fuel in every system: 0.1 mpg of 4.6 is 2 %, half a gallon is 2 litres. */
const GALLONS: Unit = { label: "gal", spoken: "gallons", step: 0.5, of: (gal) => gal };
const LITRES: Unit = { label: "L", spoken: "litres", step: 2, of: (gal) => gal * LITRES_PER_US_GALLON };

const GRAMS_A_SECOND: Unit = { label: "g/s", spoken: "grams a second", step: 1, of: (gS) => gS };

export const MPG: Units = {
  economy: { label: "mpg", spoken: "miles per gallon", step: 0.1, of: (mpg) => mpg },
  fuel: GALLONS,
  rate: GRAMS_A_SECOND,
};

const METRIC: Units = {
  economy: {
    label: "L/100 km",
    spoken: "litres per 100 kilometres",
    step: 1,
    of: (mpg) => (LITRES_PER_US_GALLON * 1e5) / METRES_PER_MILE / mpg,
  },
  fuel: LITRES,
  rate: GRAMS_A_SECOND,
};

/** Volume a minute, where the density of the fuel is known. */
function byVolume(units: Units, kgPerGal: number | null): Units {
  if (kgPerGal === null) return units;
  const { label, spoken, of } = units.fuel;
  const perMinute = (gS: number) => of((gS * 60) / 1_000 / kgPerGal);
  return { ...units, rate: { label: `${label}/min`, spoken: `${spoken} a minute`, step: 0.05, of: perMinute } };
}

/** The systems that a session allows: per lap needs the length of one, mass and volume a minute the density of the fuel. */
export function unitSystems(session: Session | null): readonly [Units, ...Units[]] {
  const kgPerGal = session === null || session.tank === null || session.tankKg === null ? null : session.tankKg / session.tank;
  const systems: [Units, ...Units[]] = [byVolume(MPG, kgPerGal), byVolume(METRIC, kgPerGal)];
  const lapM = session?.trackLengthM ?? null;
  if (lapM === null) return systems;
  const galPerLap = (mpg: number) => lapM / METRES_PER_MILE / mpg;
  const perLap: Unit = { label: "gal/lap", spoken: "gallons a lap", step: 0.01, of: galPerLap };
  systems.push(byVolume({ ...MPG, economy: perLap }, kgPerGal));
  if (kgPerGal === null) return systems;
  systems.push({
    economy: { label: "kg/lap", spoken: "kilograms a lap", step: 0.01, of: (mpg) => galPerLap(mpg) * kgPerGal },
    fuel: { label: "kg", spoken: "kilograms", step: 1, of: (gal) => gal * kgPerGal },
    rate: GRAMS_A_SECOND,
  });
  return systems;
}
