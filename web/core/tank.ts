/** The level of a tank through the race. */

import type { CarLap, Insight, Stop } from "./queries";
import { type Range, range80 } from "./range";

/** A level in the tank at a point of the race, in laps done; gallons. */
export interface Level {
  readonly laps: number;
  readonly range: Range;
}

export interface TankPath {
  /** From the first lap of which the level is known to now. At a stop two levels stand on one lap. */
  readonly past: readonly Level[];
  readonly now: Level;
  /** Laps done when the tank is dry at the pace of now, if there is one. */
  readonly dry: Range | null;
}

/** `stops` are of this car. */
export function tankPath(insight: Insight, laps: readonly CarLap[], stops: readonly Stop[]): TankPath | null {
  const { remaining, remainingSd, lap, lapDistance, burnedLap } = insight;
  const now = range80(remaining, remainingSd);
  if (now === null || remaining === null || remainingSd === null || lap === null) return null;
  const done = lap - 1 + (lapDistance ?? 0);
  const left = range80(insight.lapsLeft, insight.lapsLeftSd);
  return {
    past: levels(
      { gal: remaining + (burnedLap ?? 0), sd: remainingSd },
      insight.stops,
      laps.filter((closed) => closed.lap < lap),
      stops,
    ),
    now: { laps: done, range: { lo: Math.max(0, now.lo), hi: now.hi } },
    dry: left && { lo: done + Math.max(0, left.lo), hi: done + left.hi },
  };
}

interface Estimate {
  readonly gal: number;
  readonly sd: number;
}

/**
 * Back from the start of the lap that is driven now: plus what was burned, less what was filled in, to the first lap or to
 * a stop of which nobody knows what it filled in.
 */
function levels(from: Estimate, stint: number, laps: readonly CarLap[], stops: readonly Stop[]): Level[] {
  const past: Level[] = [];
  let level = from;
  const put = (at: number) => past.unshift({ laps: at, range: range80(level.gal, level.sd) ?? { lo: level.gal, hi: level.gal } });
  for (const lap of laps.toReversed()) {
    put(lap.lap);
    for (; stint > lap.stint; stint -= 1) {
      const before = beforeStop(
        level,
        stops.find(({ number }) => number === stint),
      );
      if (before === null) return past;
      level = before;
      put(lap.lap);
    }
    level = { ...level, gal: level.gal + lap.burned };
  }
  if (past[0] !== undefined) put(past[0].laps - 1);
  return past;
}

/** What was filled in is as unsure as it is, and of its own. */
function beforeStop({ gal, sd }: Estimate, stop: Stop | undefined): Estimate | null {
  if (stop === undefined || stop.added === null || stop.addedSd === null) return null;
  return { gal: gal - stop.added, sd: Math.hypot(sd, stop.addedSd) };
}
