/** Where in a lap a car burns, against the field. */

import type { Side } from "./bar";

export interface Part {
  /** Percent of the mean over the lap: the field's, or the car's own where there is no field. */
  readonly car: number;
  readonly field: number | null;
  readonly side: Side;
}

/** Parts of the lap in order; empty where nothing was burned, or the field does not have the same parts. */
export function lapParts(parts: readonly number[], field: readonly number[] | null): Part[] {
  const whole = field ?? parts;
  const mean = whole.reduce((sum, grams) => sum + grams, 0) / whole.length;
  if (!(mean > 0) || whole.length !== parts.length) return [];
  return parts.map((grams, i) => {
    const other = field?.[i] ?? null;
    return {
      car: (100 * grams) / mean,
      field: other === null ? null : (100 * other) / mean,
      side: other === null || grams === other ? "even" : grams < other ? "save" : "hard",
    };
  });
}
