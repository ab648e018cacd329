/**
 * What is on air, as a value: it enters because somebody took it, and leaves by itself when it has nothing sound to show.
 *
 * Nothing comes back by itself: only a new take (a reload, `play()`, another request) can put it on again. One machine
 * serves every graphic; what a request is and what it shows is the graphic's own.
 */

import type { Reading } from "../core/reading";

/** Entrance and exit of the design, milliseconds. */
export const IN_MS = 620;
export const OUT_MS = 280;
/** A take that found nothing sound to show for this long is off: later it would surprise whoever made it. */
export const TAKE_MS = 10_000;

/** What there is to show now. */
export interface Sight<Shown> {
  readonly shown: Shown;
  /** Whether it may come on. What is not may only stay: stale data dims what stands. */
  readonly enters: boolean;
}

/** `asked` names what was taken; nothing is asked by an empty one. `shown` is drawn; in the exit it is what was drawn last. */
export type Air<Shown> =
  | { readonly phase: "off"; readonly asked: string }
  | { readonly phase: "taken"; readonly asked: string; readonly sinceMs: number }
  | {
      readonly phase: "entering" | "on" | "leaving";
      readonly asked: string;
      readonly sinceMs: number;
      readonly shown: Shown;
    };

export const off = (asked: string): Air<never> => ({ phase: "off", asked });

/** Takes what is asked. What stands on air leaves first, so a name never stands beside another's number. */
export function take<Shown>(air: Air<Shown>, asked: string, nowMs: number): Air<Shown> {
  if (air.phase === "entering" || air.phase === "on") {
    return air.asked === asked ? air : { phase: "leaving", asked, sinceMs: nowMs, shown: air.shown };
  }
  return air.phase === "leaving" ? { ...air, asked } : { phase: "taken", asked, sinceMs: nowMs };
}

/** Takes it off by its normal exit. */
export function stop<Shown>(air: Air<Shown>, nowMs: number): Air<Shown> {
  if (air.phase === "entering" || air.phase === "on") return { ...air, phase: "leaving", asked: "", sinceMs: nowMs };
  return air.phase === "leaving" ? { ...air, asked: "" } : off(air.asked);
}

/** Lets time pass. `sight` is of what `air` was asked for, if there is any. */
export function step<Shown>(air: Air<Shown>, sight: Sight<Shown> | undefined, nowMs: number): Air<Shown> {
  switch (air.phase) {
    case "off":
      return air;
    case "taken":
      if (sight?.enters) return { ...air, phase: "entering", sinceMs: nowMs, shown: sight.shown };
      return nowMs - air.sinceMs < TAKE_MS ? air : off(air.asked);
    case "entering":
    case "on":
      if (sight === undefined) return { ...air, phase: "leaving", asked: "", sinceMs: nowMs };
      if (air.phase === "entering" && nowMs - air.sinceMs < IN_MS) return { ...air, shown: sight.shown };
      return { ...air, phase: "on", shown: sight.shown };
    case "leaving":
      if (nowMs - air.sinceMs < OUT_MS) return air;
      return air.asked === "" ? off("") : step({ phase: "taken", asked: air.asked, sinceMs: nowMs }, sight, nowMs);
  }
}

/** When `step` is due again without any news, milliseconds; nothing if only news changes anything. */
export function dueMs(air: Air<unknown>): number | null {
  const after = { off: null, taken: TAKE_MS, entering: IN_MS, on: null, leaving: OUT_MS }[air.phase];
  return after === null || air.phase === "off" ? null : air.sinceMs + after;
}

/** What stands on air now, of which the next sight may have to know. */
export function standing<Shown>(air: Air<Shown>): Shown | undefined {
  return air.phase === "entering" || air.phase === "on" ? air.shown : undefined;
}

/** One car: its sound number or range enters; stale data stays. A caution, the pit road, lost data or doubt show nothing. */
export function sightOf(reading: Reading | undefined): Sight<Reading> | undefined {
  if (reading === undefined || reading.economy.kind === "none") return undefined;
  if (reading.state === "sound" || reading.state === "wide") return { shown: reading, enters: true };
  return reading.state === "stale" ? { shown: reading, enters: false } : undefined;
}
