/**
 * What may be shown of one car, and how sure: the table of states of the design, in order of precedence.
 *
 * Everything that draws a car (rows, pages, the graphic) draws a `Reading`; nothing else decides what is trusted.
 */

import { type BarView, type Cells, cellsOf, hollowed, needleAt, type Side } from "./bar";
import { age, plural } from "./format";
import type { Car, Insight, Session } from "./queries";
import { type Range, range80 } from "./range";

/** Half an 80 % range of mpg: from the first a range stands for the number, from the second nothing does. */
const WIDE_MPG = 0.15;
const UNSURE_MPG = 0.3;

export type State = "sound" | "wide" | "unsure" | "not-yet" | "no-signal" | "stale" | "lost" | "resting" | "pit" | "out";

/** How a word looks: the three words of burn carry their shape; a flag is a block or a frame. */
export type Tone = Side | "quiet" | "ink" | "caution" | "red-flag";

export interface Word {
  readonly text: string;
  readonly tone: Tone;
}

/** Miles per gallon over the last clean laps, as far as they may be printed. */
export type Economy =
  | { readonly kind: "number"; readonly mpg: number; readonly range: Range; readonly about: boolean }
  | { readonly kind: "range"; readonly range: Range }
  | { readonly kind: "none" };

export interface Reading {
  readonly vehicleId: string;
  /** Text: `07` and `7` are two cars. The vehicle id where the roster does not know it. */
  readonly number: string;
  readonly driver: string;
  readonly insight: Insight;
  /** Since the newest sample; nothing if there never was one. */
  readonly ageMs: number | null;
  readonly state: State;
  readonly bar: BarView;
  readonly word: Word;
  readonly economy: Economy;
  /** Why there is less than everything to see; empty if there is not. */
  readonly why: string;
  /** Burn against the field, percent, where it is sound now or was on the last green laps. */
  readonly relative: number | null;
}

/** What a reading is made of. */
export interface Seen {
  readonly insight: Insight;
  readonly car: Car | undefined;
  /** Since the board that holds the insight arrived. */
  readonly silentMs: number;
  /** Holds the server's bounds; until it is known, only the board's own judgement counts. */
  readonly session: Session | null;
  /** Cells drawn now, with slack: see `restingCells`. */
  readonly cells: Cells | undefined;
  readonly reach: number;
}

type Verdict = Pick<Reading, "state" | "bar" | "word" | "economy" | "why">;

const NONE: Economy = { kind: "none" };
const EMPTY: BarView = { kind: "empty" };
const quiet = (text: string): Word => ({ text, tone: "quiet" });

export function read(seen: Seen): Reading {
  const { insight, car, silentMs } = seen;
  const ageMs = insight.ageMs === null ? null : insight.ageMs + silentMs;
  const verdict = judge(seen, ageMs);
  return {
    ...verdict,
    vehicleId: insight.vehicleId,
    number: car?.number ?? insight.vehicleId,
    driver: car?.driver ?? "",
    insight,
    ageMs,
    relative: "cells" in verdict.bar && verdict.state !== "stale" ? insight.relativePct : null,
  };
}

/** The cells of an insight's 80 % range, from those drawn before. */
export function cellsNow(insight: Insight, reach: number, before: Cells | undefined): Cells | undefined {
  const range = range80(insight.relativePct, insight.relativeSdPct);
  return range === null ? undefined : cellsOf(range, reach, before);
}

/** A car that is out stays out, whatever its age; then age decides, then place, signal and flag, then how sure we are. */
function judge(seen: Seen, ageMs: number | null): Verdict {
  const { insight } = seen;
  if (insight.mode === "OFF") return empty("out", quiet("OUT"), lapText(insight, ""), { kind: "out" });
  return freshness(seen, ageMs) ?? signal(insight) ?? flag(seen) ?? trust(seen) ?? sound(seen);
}

/** The server's judgement at the time of the board, continued by its own bounds while no newer one comes. */
function freshness({ insight, silentMs, session, cells }: Seen, ageMs: number | null): Verdict | null {
  const old = ageMs ?? silentMs;
  if (insight.quality === "LOST" || old > (session?.lostAfterMs ?? Infinity))
    return empty("lost", quiet("LOST"), `no signal${lapText(insight, " since ")}`);
  if (insight.quality !== "STALE" && old < (session?.staleAfterMs ?? Infinity)) return null;
  return {
    state: "stale",
    bar: { kind: "stale", cells: cells ?? null },
    word: quiet(`${age(old)} old`),
    economy: economyOf(insight),
    why: "last good",
  };
}

function signal(insight: Insight): Verdict | null {
  if (insight.mode === "PIT") return empty("pit", { text: "PIT ROAD", tone: "ink" }, "", { kind: "pit" });
  if (insight.quality === "NO_THROTTLE") return empty("no-signal", quiet("NO THROTTLE"), "throttle signal fails its check");
  if (insight.quality === "NO_RPM") return empty("no-signal", quiet("NO RPM"), "engine speed fails its check");
  return null;
}

function flag({ insight, cells }: Seen): Verdict | null {
  const red = insight.flag === "RED";
  if (!red && insight.flag !== "YELLOW" && insight.mode !== "CAUTION") return null;
  return {
    state: "resting",
    bar: cells === undefined ? EMPTY : { kind: "resting", cells },
    word: red ? { text: "RED FLAG", tone: "red-flag" } : { text: "CAUTION", tone: "caution" },
    economy: economyOf(insight),
    why: cells === undefined ? "" : "last green",
  };
}

function trust({ insight, session }: Seen): Verdict | null {
  if (insight.quality === "UNKNOWN") return empty("not-yet", quiet("NOT YET"), "nothing known yet");
  // A tank that does not add up, say, hides from `quality` that there are too few laps.
  if (insight.quality === "NOT_YET" || insight.greenLaps < (session?.greenLapsMin ?? 0)) {
    const of = session === null ? "" : ` of ${session.greenLapsMin}`;
    return empty("not-yet", quiet("NOT YET"), `${insight.greenLaps}${of} laps`);
  }
  const half = halfMpg(insight);
  if (insight.quality === "UNCALIBRATED" || half === null || half <= UNSURE_MPG) return null;
  return empty("unsure", quiet("NOT SURE"), `range ${(2 * half).toFixed(1)} mpg`);
}

function sound(seen: Seen): Verdict {
  const { insight } = seen;
  const economy = economyOf(insight);
  const wide = economy.kind === "range";
  return {
    state: wide ? "wide" : "sound",
    bar: liveBar(seen, wide),
    word: modeWord(insight.mode),
    economy,
    why: caveat(seen),
  };
}

function liveBar({ insight, cells, reach }: Seen, wide: boolean): BarView {
  if (cells === undefined || insight.relativePct === null) return EMPTY;
  return {
    kind: "live",
    cells: wide ? hollowed(cells) : cells,
    needle: needleAt(insight.relativePct, reach),
    ghost: insight.relativeLastLapPct,
  };
}

function economyOf(insight: Insight): Economy {
  const range = range80(insight.economy5, insight.economy5Sd);
  const half = halfMpg(insight);
  if (range === null || half === null || insight.economy5 === null) return NONE;
  // of an engine that nobody has named only ratios mean anything
  if (insight.quality === "UNCALIBRATED") return NONE;
  if (half <= WIDE_MPG) return { kind: "number", mpg: insight.economy5, range, about: insight.stops === 0 };
  return half <= UNSURE_MPG ? { kind: "range", range } : NONE;
}

function modeWord(mode: Insight["mode"]): Word {
  switch (mode) {
    case "SAVING":
      return { text: "SAVING", tone: "save" };
    case "NEUTRAL":
      return { text: "NEUTRAL", tone: "even" };
    case "HARD":
      return { text: "HARD", tone: "hard" };
    default:
      return quiet("NOT SURE");
  }
}

function caveat({ insight, cells }: Seen): string {
  if (insight.quality === "UNCALIBRATED") return "only ratios: engine not known";
  if (cells === undefined) return "too few cars to compare";
  if (insight.quality === "LEVEL_CONFLICT") return "tank does not add up";
  if (insight.quality === "EVIDENCE_CONFLICT") return "fuel evidence does not add up";
  if (insight.quality === "IMPUTED") return `${Math.round(insight.imputedPct)} % of the stint filled in`;
  if (insight.stops === 0) return "not yet checked";
  return "";
}

function empty(state: State, word: Word, why: string, bar: BarView = EMPTY): Verdict {
  return { state, bar, word, economy: NONE, why };
}

function halfMpg(insight: Insight): number | null {
  const range = range80(insight.economy5, insight.economy5Sd);
  return range === null ? null : (range.hi - range.lo) / 2;
}

const lapText = (insight: Insight, before: string): string => (insight.lap === null ? "" : `${before}lap ${insight.lap}`);

/** Stops in words. */
export const stopsText = (insight: Insight): string => (insight.stops === 0 ? "no stop yet" : plural(insight.stops, "stop"));
