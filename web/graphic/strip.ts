/** Which cars stand on the strip. */

import { family } from "../core/format";
import type { Live } from "../core/live";
import { around, named, ordered } from "../core/order";
import type { Reading } from "../core/reading";
import { type Sight, sightOf } from "./air";
import type { Ask } from "./graphic";

export const MOST_ROWS = 16;
const ROWS = 10;

export interface Shown {
  readonly rows: readonly Reading[];
  /** How each car is called: by its family name, with an initial where another of the race bears the same. */
  readonly names: ReadonlyMap<string, string>;
  /** The car that the window follows. */
  readonly followed: string | null;
  /** Cars that were lost since the take. They do not come back before the next one. */
  readonly gone: ReadonlySet<string>;
}

/**
 * The rows of a request in running order: the cars it names, or a window of `n` that follows one, or the first `n`.
 *
 * A row stays while its car sends, with a dash where nothing may be shown of it; lost ones are dropped. Without any
 * row with something there is nothing to show; nor without the car that is followed.
 */
export function seeStrip(live: Live, ask: Ask, before: Shown | undefined): Sight<Shown> | undefined {
  const lost = live.readings.filter(({ state }) => state === "lost").map(({ vehicleId }) => vehicleId);
  const gone = new Set([...(before?.gone ?? []), ...lost]);
  const order = ordered(live.readings, "position").filter(({ state, vehicleId }) => state !== "out" && !gone.has(vehicleId));
  const wanted = ask.get("car");
  const followed = wanted === null ? undefined : named(order, wanted);
  if (wanted !== null && followed === undefined) return undefined;
  const rows = rowsOf(order, ask, followed);
  const sights = rows.flatMap((row) => sightOf(row) ?? []);
  if (sights.length === 0) return undefined;
  return {
    shown: { rows, names: names(live.readings), followed: followed?.vehicleId ?? null, gone },
    enters: sights.some(({ enters }) => enters),
  };
}

function names(readings: readonly Reading[]): Map<string, string> {
  const families = readings.map(({ driver }) => family(driver));
  return new Map(
    readings.map(({ vehicleId, driver }, i) => {
      const own = families[i] ?? "";
      const alone = own === driver || families.indexOf(own) === families.lastIndexOf(own);
      return [vehicleId, alone ? own : `${driver.charAt(0)}. ${own}`];
    }),
  );
}

function rowsOf(order: readonly Reading[], ask: Ask, followed: Reading | undefined): Reading[] {
  const names = ask.get("cars")?.split(",");
  if (names !== undefined) {
    const cars = new Set(names.map((name) => named(order, name.trim())));
    return order.filter((reading) => cars.has(reading)).slice(0, MOST_ROWS);
  }
  return around(order, followed, rowCount(ask.get("n")));
}

function rowCount(n: string | null): number {
  const count = Number(n);
  return Number.isInteger(count) && count > 0 ? Math.min(MOST_ROWS, count) : ROWS;
}
