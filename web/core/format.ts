/** Numbers as text. Ranges are rounded outward; missing is a dash. */

import type { Range } from "./range";
import type { Unit } from "./units";

export const DASH = "–";

/** Forgives what binary fractions lose, so that 4.9 is not rounded outward to 4.8. */
const EPSILON = 1e-9;

/** A value at its unit's step, as `5.0`, `11½`, `46`. */
export function amount(served: number | null, unit: Unit): string {
  if (served === null) return DASH;
  return steps(Math.round(unit.of(served) / unit.step), unit.step);
}

/** Economy of now. Beyond `mostMpg` it says only that the throttle is shut, and stands as `>20`, or `<12` where less is better. */
export function economyNow(mpg: number | null, unit: Unit, mostMpg: number): string {
  if (mpg === null || mpg <= mostMpg) return amount(mpg, unit);
  return (unit.of(1) < unit.of(2) ? ">" : "<") + amount(mostMpg, unit);
}

/** Percent of a number that was filled in across gaps, in words; nothing where it does not show. */
export function filledIn(pct: number | null): string {
  return pct === null || pct < 0.5 ? "" : `${Math.round(pct)} % filled in`;
}

/** A range at its unit's step, rounded outward and low to high even where the unit turns it round: `4.9–5.1`. */
export function span(range: Range | null, unit: Unit, between = "–"): string {
  if (range === null) return DASH;
  const ends = [unit.of(range.lo), unit.of(range.hi)];
  return outwardSteps({ lo: Math.min(...ends), hi: Math.max(...ends) }, unit.step, between);
}

/** Half the width of a range, rounded up to the step: `.1`, `1`. */
export function halfWidth(range: Range, unit: Unit): string {
  const half = Math.abs(unit.of(range.hi) - unit.of(range.lo)) / 2;
  return steps(Math.max(1, Math.ceil(half / unit.step - EPSILON)), unit.step).replace(/^0\./, ".");
}

/** Laps in half steps, rounded outward: `24½–26`. */
export function laps(range: Range | null): string {
  return range === null ? DASH : outwardSteps(range, 0.5, "–");
}

/** From lap to lap: `63–89`. */
export const lapSpan = (from: number, to: number): string => (from === to ? String(from) : `${from}–${to}`);

/** Laps to spare, with their sign: `+1 to +3`. */
export function spare(range: Range | null): string {
  if (range === null) return DASH;
  const lo = Math.floor(range.lo + EPSILON);
  const hi = Math.ceil(range.hi - EPSILON);
  return lo === hi ? signed(lo) : `${signed(lo)} to ${signed(hi)}`;
}

/** A whole number of percent with its sign: `−8 %`. */
export function percent(value: number | null): string {
  return value === null ? DASH : `${signed(Math.round(value))} %`;
}

/** An age as `0.6 s`, from 100 s on as whole minutes. */
export function age(ms: number | null): string {
  if (ms === null) return DASH;
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min`;
}

/** Seconds with hundredths between two server times. */
export function seconds(fromUs: string, toUs: string): string {
  return (Number(BigInt(toUs) - BigInt(fromUs)) / 1e6).toFixed(2);
}

/** `1st`, `2nd`, `11th`. */
export function ordinal(n: number): string {
  const ends = new Intl.PluralRules("en", { type: "ordinal" }).select(n);
  return n + ({ one: "st", two: "nd", few: "rd" }[ends as string] ?? "th");
}

/** The family name, with what belongs to it: `Brandt`, `Earnest Jr.` */
export function family(driver: string): string {
  return /\S+(?:,? (?:Jr\.?|Sr\.?|I{2,3}|IV))?$/.exec(driver)?.[0] ?? "";
}

/** What recent economies are means of; without the number while it is not known. */
export const lastLaps = (n: number | undefined): string => (n === undefined ? "last laps" : `last ${plural(n, "lap")}`);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

function outwardSteps(range: Range, step: number, between: string): string {
  const lo = steps(Math.floor(range.lo / step + EPSILON), step);
  const hi = steps(Math.ceil(range.hi / step - EPSILON), step);
  return lo === hi ? lo : lo + between + hi;
}

function steps(count: number, step: number): string {
  if (step === 0.5) return halves(count);
  return (count * step).toFixed(step >= 1 ? 0 : step >= 0.1 ? 1 : 2);
}

function halves(count: number): string {
  const whole = Math.trunc(count / 2);
  if (count % 2 === 0) return String(whole);
  return `${whole === 0 ? (count < 0 ? "−" : "") : whole}½`;
}

const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : "0");
