/** What a car has done: its stints, each with the stop that ended it. */

import type { CarLap, Insight, Stop } from "./queries";
import { type Range, range80 } from "./range";

export interface Stint {
  readonly number: number;
  /** Whether it is under way. */
  readonly isPresent: boolean;
  /** First and last lap of it that are closed. */
  readonly from: number;
  readonly to: number;
  /** Over its clean green laps; nothing without one. */
  readonly mpg: number | null;
  /** Of all its closed laps, gallons, as an 80 % range; of a stint under way until now, as the server has it. */
  readonly burned: Range | null;
  /** Of that, percent that was filled in across gaps. */
  readonly imputedPct: number;
  /** Nothing while it lasts, or where the stop was not seen. */
  readonly stop: Stop | null;
}

/**
 * Stints of one car, oldest first; `stops` are of all cars. A car's first stint ends with its stop number 1. The stint
 * under way is the insight's own, so that a car has one economy of it on every screen.
 */
export function stints(laps: readonly CarLap[], stops: readonly Stop[], insight: Insight): Stint[] {
  const own = new Map(stops.filter((stop) => stop.vehicleId === insight.vehicleId).map((stop) => [stop.number, stop]));
  const numbers = [...new Set(laps.map((lap) => lap.stint))].sort((a, b) => a - b);
  return numbers.map((number) => {
    const closed = stintOf(
      laps.filter((lap) => lap.stint === number),
      own.get(number + 1) ?? null,
    );
    return number === insight.stops ? { ...closed, ...underWay(insight) } : closed;
  });
}

function underWay({
  stintEconomy,
  burnedStint,
  imputedPct,
}: Insight): Pick<Stint, "isPresent" | "mpg" | "burned" | "imputedPct"> {
  const burned = burnedStint === null ? null : { lo: burnedStint, hi: burnedStint };
  return { isPresent: true, mpg: stintEconomy, burned, imputedPct };
}

function stintOf(laps: readonly CarLap[], stop: Stop | null): Stint {
  const sum = (of: (lap: CarLap) => number) => laps.reduce((total, lap) => total + of(lap), 0);
  const burned = sum((lap) => lap.burned);
  // Errors of laps are mostly of the car and its model, not of the lap: they add up.
  const sd = sum((lap) => lap.burnedSd);
  const clean = laps.filter((lap) => lap.clean && lap.economy !== null);
  const miles = clean.reduce((total, lap) => total + (lap.economy ?? 0) * lap.burned, 0);
  const gallons = clean.reduce((total, lap) => total + lap.burned, 0);
  return {
    number: laps[0]?.stint ?? 0,
    isPresent: false,
    from: Math.min(...laps.map((lap) => lap.lap)),
    to: Math.max(...laps.map((lap) => lap.lap)),
    mpg: gallons > 0 ? miles / gallons : null,
    burned: range80(burned, sd) ?? { lo: burned, hi: burned },
    imputedPct: burned > 0 ? (100 * sum((lap) => lap.imputed)) / burned : 0,
    stop,
  };
}

/** Seconds a car stood in its box; nothing where one end of it was not seen. */
export function boxSeconds({ boxStopUs, boxLeaveUs }: Stop): number | null {
  return boxStopUs === null || boxLeaveUs === null ? null : Number(BigInt(boxLeaveUs) - BigInt(boxStopUs)) / 1e6;
}

/** Fuel taken at a stop, gallons, as an 80 % range; nothing where it is not known. */
export function taken({ added, addedSd }: Stop): Range | null {
  const range = range80(added, addedSd);
  return range && { lo: Math.max(0, range.lo), hi: Math.max(0, range.hi) };
}
