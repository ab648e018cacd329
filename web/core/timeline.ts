/** Flags and stops of a race laid on its axis of laps. */

import type { Stop, Timeline } from "./queries";
import type { Range } from "./range";

export interface Shade extends Range {
  readonly kind: "caution" | "red";
}

/**
 * Laps of the leader under caution or red: from the line before the flag came out to the line before it went, or as far
 * as `done` while it is out. What was before the first lap is not of the race.
 */
export function shades(timeline: Timeline | null, done: number): Shade[] {
  return (timeline?.flags ?? []).flatMap(({ flag, lap, toLap }) => {
    const kind = flag === "YELLOW" ? ("caution" as const) : flag === "RED" ? ("red" as const) : null;
    if (kind === null || lap === null || toLap === 0 || toLap === 1) return [];
    const lo = Math.max(0, lap - 1);
    return [{ kind, lo, hi: Math.max(lo, toLap === null ? done : toLap - 1) }];
  });
}

/** A car's stops of which the lap is known, oldest first. */
export function stopsOf(timeline: Timeline | null, vehicleId: string | null): Stop[] {
  return (timeline?.stops ?? [])
    .filter((stop) => stop.vehicleId === vehicleId && stop.lap !== null)
    .sort((a, b) => a.number - b.number);
}
