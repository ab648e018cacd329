/** What every graphic has in common: a request that names what to show, and the drawing of it. */

import type { ReactNode } from "react";
import type { Live } from "../core/live";
import { named } from "../core/order";
import type { Reading } from "../core/reading";
import type { Sight } from "./air";

/** A request, as in the address or in the data of a call: `car=07`. */
export type Ask = URLSearchParams;

/** What frames a drawing: whether it comes or goes, and what all bars are measured by. */
export interface Frame {
  readonly phase: "entering" | "on" | "leaving";
  /** Cells each way. */
  readonly reach: number;
  readonly fieldMpg: number | null;
  /** The most laps that economies are means of; nothing before the session is known. */
  readonly window: number | undefined;
}

export interface Corner {
  readonly left: number;
  readonly top: number;
}

export interface Graphic<Shown> {
  /** The upper left corner of its box, px, on which the origin stands where it must be shown. */
  readonly corner: Corner;
  /** The parts of an address that are its request. */
  readonly keys: readonly string[];
  /** What there is to show, if anything. `before` stands on air for the same request. */
  see(live: Live, ask: Ask, before: Shown | undefined): Sight<Shown> | undefined;
  draw(shown: Shown, frame: Frame): ReactNode;
  /** The cars that were asked for by name: a preview says what holds them back. */
  cars(ask: Ask): readonly string[];
}

/** The car that a request names under `key`. */
export function asked(live: Live, ask: Ask, key: string): Reading | undefined {
  const name = ask.get(key);
  return name === null ? undefined : named(live.readings, name);
}

/** The request that an address or a call makes. */
export function askOf(parts: URLSearchParams, keys: readonly string[]): Ask {
  return new URLSearchParams(keys.flatMap((key) => (parts.has(key) ? [[key, parts.get(key) ?? ""]] : [])));
}

/** A call's data: JSON (`{"a":"24","b":"07"}`), the same as in an address (`a=24&b=07`), or a car alone (`07`). */
export function partsOf(data: string): URLSearchParams {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed === "object" && parsed !== null) {
      return new URLSearchParams(Object.entries(parsed).map(([key, value]) => [key, String(value)]));
    }
  } catch {
    // Not JSON.
  }
  return new URLSearchParams(data.includes("=") ? data : { car: data });
}
