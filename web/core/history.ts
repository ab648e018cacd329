/** Closed laps, boiled down to what screens draw: its size is that of the race's laps, not of its messages. */

import { MEDIAN_CARS } from "./field";
import type { FieldLap } from "./queries";
import { quantile, type Range } from "./range";

/** Clean green laps of the field with the same number: quartiles and median of mpg. */
export interface FieldBand extends Range {
  readonly median: number;
}

export interface History {
  /** Laps that most of the field ran under caution. */
  readonly cautions: ReadonlySet<number>;
  readonly bands: ReadonlyMap<number, FieldBand>;
  /** The last clean laps of each car against the field on the same lap, percent, oldest first. */
  readonly recent: ReadonlyMap<string, readonly number[]>;
}

export const NO_HISTORY: History = { cautions: new Set(), bands: new Map(), recent: new Map() };

/** Laps in a row's trend. */
export const TREND_LAPS = 16;

export function boilDown(laps: readonly FieldLap[]): History {
  const byLap = grouped(laps, (lap) => lap.lap);
  const bands = new Map<number, FieldBand>();
  const cautions = new Set<number>();
  for (const [number, field] of byLap) {
    const band = bandOf(field);
    if (band !== null) bands.set(number, band);
    if (underCaution(field)) cautions.add(number);
  }
  const recent = new Map<string, number[]>();
  for (const [vehicleId, own] of grouped(laps, (lap) => lap.vehicleId)) {
    recent.set(vehicleId, own.flatMap((lap) => against(lap, bands) ?? []).slice(-TREND_LAPS));
  }
  return { cautions, bands, recent };
}

/** Burn of a clean lap against the field's median on the same lap, percent. */
export function against(lap: Pick<FieldLap, "lap" | "clean" | "economy">, bands: ReadonlyMap<number, FieldBand>): number | null {
  const band = bands.get(lap.lap);
  return lap.clean && lap.economy !== null && band !== undefined ? (band.median / lap.economy - 1) * 100 : null;
}

function grouped<Key>(laps: readonly FieldLap[], by: (lap: FieldLap) => Key): Map<Key, FieldLap[]> {
  const groups = new Map<Key, FieldLap[]>();
  for (const lap of laps) {
    const group = groups.get(by(lap));
    if (group === undefined) groups.set(by(lap), [lap]);
    else group.push(lap);
  }
  return groups;
}

function bandOf(field: readonly FieldLap[]): FieldBand | null {
  const mpg = field.flatMap((lap) => (lap.clean && lap.economy !== null ? [lap.economy] : []));
  if (mpg.length < MEDIAN_CARS) return null;
  const [lo, median, hi] = [0.25, 0.5, 0.75].map((p) => quantile(mpg, p) ?? NaN) as [number, number, number];
  return { lo, median, hi };
}

/** Laps on the pit road show nothing of the flag. */
function underCaution(field: readonly FieldLap[]): boolean {
  const count = (label: FieldLap["label"]) => field.filter((lap) => lap.label === label).length;
  return count("CAUTION") > count("GREEN");
}
