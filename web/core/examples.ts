/** One ordinary car, session and board for tests; each test changes what it is about. */

import type { Board, Car, CarLap, Insight, Session } from "./queries";
import { cellsNow, type Reading, read } from "./reading";

/** Car 07 of the design's mocks: 5.0 mpg where the field does 4.6. */
export const insight = (changes: Partial<Insight> = {}): Insight => ({
  vehicleId: "v7",
  lap: 171,
  lapDistance: 0.5,
  position: 2,
  flag: "GREEN",
  rateGS: 31,
  burnedStint: 5.7,
  lastLapEconomy: 5.1,
  economy5: 5.0,
  economy5Sd: 0.06,
  stintEconomy: 5.0,
  stintLaps: 19,
  greenLaps: 5,
  stops: 5,
  remaining: 9.5,
  remainingSd: 0.3,
  lapsLeft: 32,
  lapsLeftSd: 0.9,
  relativePct: -7.6,
  relativeSdPct: 1.15,
  relativeLastLapPct: -9.4,
  mode: "SAVING",
  modeReason: null,
  forecast: null,
  quality: "SOUND",
  imputedPct: 0.4,
  imputedLapPct: 0,
  lastLapImputedPct: 0,
  economy5ImputedPct: 0,
  ageMs: 600,
  ...changes,
});

/** Of a car that makes the end with a lap to spare, of which nobody can be sure. */
export const forecast = (changes: Partial<NonNullable<Insight["forecast"]>> = {}): NonNullable<Insight["forecast"]> => ({
  lapsToGo: 30,
  makeIt: 0.77,
  lapsLong: 1,
  lapsLongSd: 1.2,
  saveTarget: 5.1,
  windowOpensLap: 178,
  windowClosesLap: 196,
  oneStopIsEnough: true,
  ...changes,
});

export const car = (changes: Partial<Car> = {}): Car => ({
  vehicleId: "v7",
  number: "07",
  driver: "Casey Brandt",
  team: "Brandt Racing",
  manufacturer: "Ford",
  ...changes,
});

export const session = (changes: Partial<Session> = {}): Session => ({
  id: "calumet",
  origin: "RECORDED",
  track: "Calumet Bay 400",
  trackLengthM: 2414.016,
  laps: 200,
  stages: [60, 120],
  packageHp: 670,
  tank: 20,
  tankKg: 56,
  staleAfterMs: 2_000,
  lostAfterMs: 10_000,
  greenLapsMin: 3,
  greenLapsWindow: 5,
  cars: [car()],
  ...changes,
});

export const board = (changes: Partial<Board> = {}): Board => ({
  sessionId: "calumet",
  windowEndUs: "1000000",
  flag: "GREEN",
  lap: 171,
  fieldEconomy: 4.6,
  stories: [],
  cars: [insight()],
  ...changes,
});

export const lap = (changes: Partial<CarLap> = {}): CarLap => ({
  lap: 170,
  stint: 5,
  fromUs: "0",
  toUs: "46920000",
  label: "GREEN",
  clean: true,
  burned: 0.3,
  burnedSd: 0.005,
  imputed: 0,
  economy: 5.0,
  ...changes,
});

/** The reading of an ordinary insight with changes, `silentMs` after its board. */
export function reading(changes: Partial<Insight> = {}, known: Partial<Car> = {}, silentMs = 0): Reading {
  const seen = insight(changes);
  return read({
    insight: seen,
    car: car({ vehicleId: seen.vehicleId, ...known }),
    silentMs,
    session: session(),
    cells: cellsNow(seen, 12, undefined),
    reach: 12,
  });
}
