/** One car's laps as points of a chart and rows of a table. */

import type { Side } from "./bar";
import { against, type FieldBand } from "./history";
import type { CarLap, Insight } from "./queries";
import { type Range, range80, Z80 } from "./range";

export interface LapPoint {
  readonly lap: number;
  readonly label: CarLap["label"];
  /** Whole, green and mostly heard: fit to be drawn. */
  readonly clean: boolean;
  /** mpg, and its 80 % range: burn is what is uncertain, length is not. */
  readonly mpg: number | null;
  readonly range: Range | null;
  /** Against the field on the same lap, percent. */
  readonly pct: number | null;
  readonly side: Side;
}

export function lapPoint(lap: CarLap, bands: ReadonlyMap<number, FieldBand>): LapPoint {
  const range =
    lap.economy === null
      ? null
      : {
          lo: (lap.economy * lap.burned) / (lap.burned + Z80 * lap.burnedSd),
          hi: (lap.economy * lap.burned) / Math.max(lap.burned - Z80 * lap.burnedSd, lap.burned / 10),
        };
  const pct = against(lap, bands);
  return { lap: lap.lap, label: lap.label, clean: lap.clean, mpg: lap.economy, range, pct, side: sideOf(range, bands.get(lap.lap)) };
}

/** Grey if the range spans the field's median on that lap. */
function sideOf(range: Range | null, band: FieldBand | undefined): Side {
  if (range === null || band === undefined) return "even";
  return range.lo > band.median ? "save" : range.hi < band.median ? "hard" : "even";
}

/** A level in the tank at a point of the race, in laps done; gallons. */
export interface Level {
  readonly laps: number;
  readonly range: Range;
}

export interface TankPath {
  /** This run, from its first whole lap to now. */
  readonly past: readonly Level[];
  readonly now: Level;
  /** Laps done when the tank is dry at the pace of now. */
  readonly dry: Range;
}

/**
 * The level of the tank through this run and on until it is dry: what is in it now, plus what was burned since.
 *
 * Earlier runs are left out: what was filled in between them is not known here.
 */
export function tankPath(insight: Insight, laps: readonly CarLap[]): TankPath | null {
  const now = range80(insight.remaining, insight.remainingSd);
  const left = range80(insight.lapsLeft, insight.lapsLeftSd);
  if (now === null || left === null || insight.lap === null) return null;
  const done = insight.lap - 1 + (insight.lapDistance ?? 0);
  const past: Level[] = [];
  let burned = insight.burnedLap ?? 0;
  for (const lap of [...laps].reverse()) {
    if (lap.run !== insight.stops || lap.label === "PIT" || lap.lap >= insight.lap) continue;
    past.unshift({ laps: lap.lap, range: { lo: now.lo + burned, hi: now.hi + burned } });
    burned += lap.burned;
  }
  const first = past[0];
  if (first !== undefined) past.unshift({ laps: first.laps - 1, range: { lo: now.lo + burned, hi: now.hi + burned } });
  return {
    past,
    now: { laps: done, range: { lo: Math.max(0, now.lo), hi: now.hi } },
    dry: { lo: done + Math.max(0, left.lo), hi: done + left.hi },
  };
}
