/** One car's laps as points of a chart and rows of a table. */

import type { Side } from "./bar";
import { against, type FieldBand } from "./history";
import type { CarLap } from "./queries";
import { type Range, Z80 } from "./range";

export interface LapPoint {
  readonly lap: number;
  readonly label: CarLap["label"];
  /** Whole, green and mostly measured: fit to be drawn. */
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
  return {
    lap: lap.lap,
    label: lap.label,
    clean: lap.clean,
    mpg: lap.economy,
    range,
    pct,
    side: sideOf(range, bands.get(lap.lap)),
  };
}

/** Grey if the range spans the field's median on that lap. */
function sideOf(range: Range | null, band: FieldBand | undefined): Side {
  if (range === null || band === undefined) return "even";
  return range.lo > band.median ? "save" : range.hi < band.median ? "hard" : "even";
}
