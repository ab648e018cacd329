import { expect, test } from "vitest";
import { EXAMPLES, inWords, parse } from "./evidence";

const fuel = { is: "fuel", gallons: null, sigmaGal: null, full: null, fillTimeS: null };

test.each([
  ["11.2", { ...fuel, gallons: 11.2 }],
  [" 11,2 gal", { ...fuel, gallons: 11.2 }],
  ["11.2 ± .2", { ...fuel, gallons: 11.2, sigmaGal: 0.2 }],
  ["11.2+-0.2 Full", { ...fuel, gallons: 11.2, sigmaGal: 0.2, full: true }],
  ["full", { ...fuel, full: true }],
  ["not full", { ...fuel, full: false }],
  ["9.5 s", { ...fuel, fillTimeS: 9.5 }],
  ["11 9.5s full", { ...fuel, gallons: 11, fillTimeS: 9.5, full: true }],
  ["4.6 mpg", { is: "mpg", mpg: 4.6, sigmaMpg: null }],
  ["4.6 +/- 0.1 mpg", { is: "mpg", mpg: 4.6, sigmaMpg: 0.1 }],
  ["OUT", { is: "out" }],
  ["running", { is: "running" }],
])("%s is understood", (typed, expected) => {
  expect(parse(typed)).toEqual(expected);
});

test.each(["", "  ", "1 2", "-3", "full 11", "11 ±", "mpg", "outt", "1e3", "nan", "11 litres"])("'%s' is not", (typed) => {
  expect(parse(typed)).toBeNull();
});

test("every example is understood, and can be read before it is submitted", () => {
  const words = EXAMPLES.map((example) => inWords(parse(example)!));
  expect(new Set(words).size).toBe(EXAMPLES.length);
  expect(words[2]).toBe("at its last stop 11.2 gallons went in, the tank was full");
});
