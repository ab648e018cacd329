import { describe, expect, test } from "vitest";
import { age, amount, economyNow, family, filledIn, halfWidth, laps, ordinal, percent, seconds, span, spare } from "./format";
import { MPG, unitSystems } from "./units";

const { economy, fuel } = MPG;

describe("numbers are rounded to their step", () => {
  test.each([
    [5.04, "5.0"],
    [4.96, "5.0"],
    [10.24, "10.2"],
    [null, "–"],
  ])("%s mpg", (mpg, text) => expect(amount(mpg, economy)).toBe(text));

  test.each([
    [11.6, "11½"],
    [11.8, "12"],
    [0.4, "½"],
    [0, "0"],
  ])("%s gal", (gal, text) => expect(amount(gal, fuel)).toBe(text));
});

describe("ranges are rounded outward", () => {
  test.each([
    [4.93, 5.07, "4.9–5.1"],
    [4.9, 5.1, "4.9–5.1"],
    [4.7, 4.7, "4.7"],
  ])("%s to %s mpg", (lo, hi, text) => expect(span({ lo, hi }, economy)).toBe(text));

  test.each([
    [11.1, 11.9, "11–12"],
    [10.6, 11.4, "10½–11½"],
  ])("%s to %s gal", (lo, hi, text) => expect(span({ lo, hi }, fuel)).toBe(text));

  test("laps in halves, laps to spare whole and signed", () => {
    expect(laps({ lo: 24.6, hi: 25.9 })).toBe("24½–26");
    expect(spare({ lo: 1.2, hi: 2.7 })).toBe("+1 to +3");
    expect(spare({ lo: -3, hi: -0.4 })).toBe("−3 to 0");
    expect(spare(null)).toBe("–");
  });

  test("half a range up to the step", () => {
    expect(halfWidth({ lo: 4.93, hi: 5.07 }, economy)).toBe(".1");
    expect(halfWidth({ lo: 4.87, hi: 5.13 }, economy)).toBe(".2");
  });
});

test("small texts", () => {
  expect([percent(-7.6), percent(0.2), percent(3.4), percent(null)]).toEqual(["−8 %", "0 %", "+3 %", "–"]);
  expect([age(640), age(4200), age(150_000), age(null)]).toEqual(["0.6 s", "4.2 s", "2 min", "–"]);
  expect([1, 2, 3, 11, 21, 40].map(ordinal)).toEqual(["1st", "2nd", "3rd", "11th", "21st", "40th"]);
  // Microseconds do not fit a double's 53 bits once they are nanoseconds; as text they are exact.
  expect(seconds("1795377600000000", "1795377646920000")).toBe("46.92");
});

test("economy of now says no more than that the throttle is shut", () => {
  const litres = unitSystems(null)[1]!.economy;
  expect([4.62, 20, 20.4, 300, null].map((mpg) => economyNow(mpg, economy, 20))).toEqual(["4.6", "20.0", ">20.0", ">20.0", "–"]);
  // 235.2 / 20 = 11.8 litres, 235.2 / 5 = 47.
  expect([5, 300].map((mpg) => economyNow(mpg, litres, 20))).toEqual(["47", "<12"]);
});

test("what was filled in shows from half a percent on", () => {
  expect([3.4, 0.5, 0.4, null].map(filledIn)).toEqual(["3 % filled in", "1 % filled in", "", ""]);
});

test.each([
  ["Casey Brandt", "Brandt"],
  ["Ricky Earnest Jr.", "Earnest Jr."],
  ["Theo van der Berg III", "Berg III"],
  ["Vidal", "Vidal"],
  ["", ""],
])("the family name of %s", (driver, name) => expect(family(driver)).toBe(name));
