/** Flags and stops of a race laid on its axis of laps. */

import type { Range } from "./range";
import type { Stop, Timeline } from "./queries";

export interface Shade extends Range {
  readonly kind: "caution" | "red";
}

/**
 * Laps of the leader under caution or red, from the line before to the line after, as far as `done` where the flag is
 * still out. A flag before the first lap is not shown.
 */
export function shades(timeline: Timeline | null, done: number): Shade[] {
  return (timeline?.flags ?? []).flatMap(({ flag, lap, toLap }) => {
    const kind = flag === "YELLOW" ? ("caution" as const) : flag === "RED" ? ("red" as const) : null;
    return kind === null || lap === null ? [] : [{ kind, lo: lap - 1, hi: Math.max(toLap ?? done, lap - 1) }];
  });
}

/** A car's stops of which the lap is known, oldest first. */
export function stopsOf(timeline: Timeline | null, vehicleId: string | null): Stop[] {
  return (timeline?.stops ?? []).filter((stop) => stop.vehicleId === vehicleId && stop.lap !== null).sort((a, b) => a.number - b.number);
}
