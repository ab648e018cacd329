/** The level of a tank through the race, as the server gave it: nothing is reckoned back or ahead here. */

import type { Board, Insight } from "./queries";
import { type Range, range80 } from "./range";

/** A level in the tank at a point of the race, in laps done; gallons. */
export interface Level {
  readonly laps: number;
  readonly range: Range;
}

/** Levels of each car: one a lap and two a stop, oldest first, since the page was opened. */
export type Levels = ReadonlyMap<string, readonly Level[]>;

export interface TankPath {
  readonly past: readonly Level[];
  readonly now: Level;
  /** Laps done when the tank is dry at the pace of now, if there is one. */
  readonly dry: Range | null;
}

/** Keeps the levels of a board where a car has begun a lap, and those around a stop; the same value if none has. */
export function withLevels(levels: Levels, before: Board | null, board: Board): Levels {
  const known = new Map(before?.cars.map((car) => [car.vehicleId, car]));
  const next = new Map(levels);
  let changed = false;
  for (const car of board.cars) {
    const prior = known.get(car.vehicleId);
    const stopped = prior !== undefined && prior.stops !== car.stops;
    if (prior !== undefined && !stopped && prior.lap === car.lap) continue;
    const met = [stopped ? levelOf(prior) : null, levelOf(car)].filter((level) => level !== null);
    if (met.length === 0) continue;
    next.set(car.vehicleId, [...(next.get(car.vehicleId) ?? []), ...met]);
    changed = true;
  }
  return changed ? next : levels;
}

export function tankPath(insight: Insight, past: readonly Level[]): TankPath | null {
  const now = levelOf(insight);
  if (now === null) return null;
  const left = range80(insight.lapsLeft, insight.lapsLeftSd);
  return { past, now, dry: left && { lo: now.laps + Math.max(0, left.lo), hi: now.laps + left.hi } };
}

/** Nothing where it is not known, or the tank contradicts itself. */
function levelOf({ remaining, remainingSd, lap, lapDistance, quality }: Insight): Level | null {
  const range = range80(remaining, remainingSd);
  if (range === null || lap === null || quality === "LEVEL_CONFLICT") return null;
  return { laps: lap - 1 + (lapDistance ?? 0), range: { lo: Math.max(0, range.lo), hi: Math.max(0, range.hi) } };
}
