/** The mark in words, for those who have the page read aloud: “Car 07, Brandt, saving, 5.0 mpg, 4.9 to 5.1, 8 percent less …”. */

import { amount, family, span } from "./format";
import type { Reading } from "./reading";
import type { Units } from "./units";

export function spoken(reading: Reading, units: Units): string {
  const parts = [`Car ${reading.number}`, family(reading.driver), reading.word.text.toLowerCase(), ...economy(reading, units)];
  if (reading.relative !== null) parts.push(against(reading.relative));
  if (reading.why !== "") parts.push(reading.why);
  if (reading.ageMs !== null && reading.state !== "stale") parts.push(`${(reading.ageMs / 1000).toFixed(1)} seconds old`);
  return parts.filter((part) => part !== "").join(", ");
}

function economy({ economy }: Reading, { economy: unit }: Units): string[] {
  if (economy.kind === "none") return ["no number"];
  const range = span(economy.range, unit, " to ");
  if (economy.kind === "range") return [`${range} ${unit.spoken}`];
  return [`${economy.about ? "about " : ""}${amount(economy.mpg, unit)} ${unit.spoken}`, range];
}

function against(relativePct: number): string {
  const whole = Math.round(Math.abs(relativePct));
  if (whole === 0) return "as the field";
  return `${whole} percent ${relativePct < 0 ? "less" : "more"} than the field`;
}
