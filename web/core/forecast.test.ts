import { expect, test } from "vitest";
import { reading } from "./examples";
import { finish, UNKNOWN } from "./forecast";

const served = {
  makeIt: 0.623,
  lapsLong: -1.2,
  lapsLongSd: 0.8,
  saveTarget: 5.04,
  windowOpensLap: 61,
  windowClosesLap: 70,
  oneStopIsEnough: true,
};

test("what is not known is a dash, never nought", () => {
  expect(finish(reading({ forecast: null }))).toEqual(UNKNOWN);
  expect(finish(reading({ forecast: served, quality: "LOST" }))).toEqual(UNKNOWN);
});

test("a forecast is shown with its range and no more precision than it has", () => {
  const shown = finish(reading({ forecast: served }));
  expect([shown.makeIt, shown.target, shown.window]).toEqual(["62 %", "5.0", "61–70"]);
  expect(shown.laps).not.toBe("–");
});

test("nobody is ever quite sure, and what cannot be reached says so", () => {
  const shown = (changes: Partial<typeof served>) => finish(reading({ forecast: { ...served, ...changes } }));
  expect([shown({ makeIt: 0.9999 }).makeIt, shown({ makeIt: 0.001 }).makeIt]).toEqual(["> 99 %", "< 1 %"]);
  expect(shown({ makeIt: 0.95 }).target).toBe("as now");
  expect(shown({ oneStopIsEnough: false }).window).toBe("–");
  expect(finish(reading({ forecast: { ...served, saveTarget: null } })).target).toBe("out of reach");
});
