/** The field as a whole: its axis in mpg, its spread, and who makes the end on this tank. */

import type { Side } from "./bar";
import type { Board } from "./queries";
import { quantile, type Range, range80 } from "./range";
import type { Reading } from "./reading";

/** A point of the axis: percent against the field, and the mpg that stands for. */
export interface Tick {
  readonly pct: number;
  readonly mpg: number;
}

/** Fewest sound cars that make a median. */
export const MEDIAN_CARS = 8;

/** The axis at its ends, its thirds and the median. Burn per mile is the inverse of mpg. */
export function axis(fieldMpg: number | null, reach: number): Tick[] {
  if (fieldMpg === null) return [];
  return [-3, -2, -1, 0, 1, 2, 3].map((third) => {
    const pct = (third * reach) / 3;
    return { pct, mpg: fieldMpg / (1 + pct / 100) };
  });
}

/** Cars with a sound estimate of burn against the field, under caution that of their last green laps. */
export function soundCars(readings: readonly Reading[]): Reading[] {
  return readings.filter((reading) => reading.relative !== null);
}

/** The middle half of the field, percent. */
export function spread(readings: readonly Reading[]): Range | null {
  const pcts = soundCars(readings).flatMap((reading) => reading.relative ?? []);
  const lo = quantile(pcts, 0.25);
  const hi = quantile(pcts, 0.75);
  return pcts.length < MEDIAN_CARS || lo === null || hi === null ? null : { lo, hi };
}

/** Laps the leader has left, as its own forecast has them; nothing without one. */
export function lapsToGo(board: Board | null): number | null {
  return board?.cars.find((car) => car.position === 1)?.forecast?.lapsToGo ?? null;
}

/** What is left in a tank. */
export interface InTank {
  /** Gallons. */
  readonly fuel: Range | null;
  /** Green laps. */
  readonly laps: Range | null;
}

/** 80 % ranges, no less than nothing; nothing where it is not of now, or the tank contradicts itself. */
export function inTank(reading: Reading): InTank {
  if (!known(reading) || reading.insight.quality === "LEVEL_CONFLICT") return { fuel: null, laps: null };
  const { remaining, remainingSd, lapsLeft, lapsLeftSd } = reading.insight;
  return { fuel: notBelowZero(range80(remaining, remainingSd)), laps: notBelowZero(range80(lapsLeft, lapsLeftSd)) };
}

const notBelowZero = (range: Range | null): Range | null => range && { lo: Math.max(0, range.lo), hi: Math.max(0, range.hi) };

/** Laps to spare on this tank, short below 0: the server's forecast as an 80 % range; nothing without one. */
export function lapsToSpare(reading: Reading): Range | null {
  const { forecast, quality } = reading.insight;
  if (!known(reading) || quality === "LEVEL_CONFLICT" || forecast === null) return null;
  return range80(forecast.lapsLong, forecast.lapsLongSd);
}

export type Ending = "short" | "close" | "makes" | "unknown";

/** Whether a range of laps to spare is whole below zero, whole above, or neither. */
export function ending(spare: Range | null): Ending {
  if (spare === null) return "unknown";
  return spare.hi < 0 ? "short" : spare.lo > 0 ? "makes" : "close";
}

/** Whether the end is worth showing: while no car can reach it, all are short, which is no news. */
export function endInReach(readings: readonly Reading[]): boolean {
  const { close, makes } = endings(readings);
  return close + makes > 0;
}

/** Its colour: blue is enough fuel, orange too little. */
export const ENDING_SIDE: Record<Ending, Side> = { short: "hard", close: "even", makes: "save", unknown: "even" };

/** How many cars still running end how. */
export function endings(readings: readonly Reading[]): Record<Ending, number> {
  const counts: Record<Ending, number> = { short: 0, close: 0, makes: 0, unknown: 0 };
  for (const reading of readings) {
    if (reading.state !== "out") counts[ending(lapsToSpare(reading))] += 1;
  }
  return counts;
}

/** Whether what is known of a car's tank is of now. */
export function known(reading: Reading): boolean {
  return reading.state !== "lost" && reading.state !== "out";
}
