/**
 * What is on air, as a value: it enters because somebody took it, and leaves by itself when it has nothing sound to show.
 *
 * Nothing comes back by itself: only a new take (a reload, `play()`, another car) can put it on again.
 */

import type { Reading } from "../core/reading";

/** Entrance and exit of the design, milliseconds. */
export const IN_MS = 620;
export const OUT_MS = 280;
/** A take that found nothing sound to show for this long is off: later it would surprise whoever made it. */
export const TAKE_MS = 10_000;

/** `shown` is drawn; in the exit it is what was drawn last. */
export type Air =
  | { readonly phase: "off"; readonly car: string }
  | { readonly phase: "taken"; readonly car: string; readonly sinceMs: number }
  | { readonly phase: "entering" | "on" | "leaving"; readonly car: string; readonly sinceMs: number; readonly shown: Reading };

export const off = (car: string): Air => ({ phase: "off", car });

/** Takes a car. One that stands on air leaves first, so a name never stands beside another's number. */
export function take(air: Air, car: string, nowMs: number): Air {
  if (air.phase === "entering" || air.phase === "on") {
    return air.car === car ? air : { phase: "leaving", car, sinceMs: nowMs, shown: air.shown };
  }
  return air.phase === "leaving" ? { ...air, car } : { phase: "taken", car, sinceMs: nowMs };
}

/** Takes it off by its normal exit. */
export function stop(air: Air, nowMs: number): Air {
  if (air.phase === "entering" || air.phase === "on") return { ...air, phase: "leaving", car: "", sinceMs: nowMs };
  return air.phase === "leaving" ? { ...air, car: "" } : off(air.car);
}

/** Lets time pass. `reading` is of the car of `air`, if there is one. */
export function step(air: Air, reading: Reading | undefined, nowMs: number): Air {
  switch (air.phase) {
    case "off":
      return air;
    case "taken":
      if (reading !== undefined && mayEnter(reading)) return { ...air, phase: "entering", sinceMs: nowMs, shown: reading };
      return nowMs - air.sinceMs < TAKE_MS ? air : off(air.car);
    case "entering":
    case "on":
      if (reading === undefined || !mayStay(reading)) return { ...air, phase: "leaving", car: "", sinceMs: nowMs };
      if (air.phase === "entering" && nowMs - air.sinceMs < IN_MS) return { ...air, shown: reading };
      return { ...air, phase: "on", shown: reading };
    case "leaving":
      if (nowMs - air.sinceMs < OUT_MS) return air;
      return air.car === "" ? off("") : step({ phase: "taken", car: air.car, sinceMs: nowMs }, reading, nowMs);
  }
}

/** When `step` is due again without any news, milliseconds; nothing if only news changes anything. */
export function dueMs(air: Air): number | null {
  const after = { off: null, taken: TAKE_MS, entering: IN_MS, on: null, leaving: OUT_MS }[air.phase];
  return after === null || air.phase === "off" ? null : air.sinceMs + after;
}

/** A sound number, or its range. */
function mayEnter({ state, economy }: Reading): boolean {
  return (state === "sound" || state === "wide") && economy.kind !== "none";
}

/** Stale data dims the mark; a caution, the pit road, lost data or doubt end it. */
function mayStay(reading: Reading): boolean {
  return mayEnter(reading) || (reading.state === "stale" && reading.economy.kind !== "none");
}
