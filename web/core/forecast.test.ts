import { expect, test } from "vitest";
import { forecast, reading } from "./examples";
import { finish, UNKNOWN } from "./forecast";
import { MPG, unitSystems } from "./units";

const served = forecast({
  makeIt: 0.623,
  lapsLong: -1.2,
  lapsLongSd: 0.8,
  saveTarget: 5.04,
  windowOpensLap: 61,
  windowClosesLap: 70,
});

test("what is not known is a dash, never nought", () => {
  expect(finish(reading({ forecast: null }), MPG.economy)).toEqual(UNKNOWN);
  expect(finish(reading({ forecast: served, quality: "LOST" }), MPG.economy)).toEqual(UNKNOWN);
});

test("a forecast is shown with its range and no more precision than it has", () => {
  const shown = finish(reading({ forecast: served }), MPG.economy);
  expect([shown.makeIt, shown.target, shown.window]).toEqual(["62 %", "5.0", "61–70"]);
  expect(shown.laps).not.toBe("–");
});

test("nobody is ever quite sure, and what cannot be reached says so", () => {
  const shown = (changes: Partial<typeof served>) => finish(reading({ forecast: { ...served, ...changes } }), MPG.economy);
  expect([shown({ makeIt: 0.9999 }).makeIt, shown({ makeIt: 0.001 }).makeIt]).toEqual(["> 99 %", "< 1 %"]);
  expect(shown({ makeIt: 0.95 }).target).toBe("as now");
  expect(shown({ oneStopIsEnough: false }).window).toBe("–");
  expect(finish(reading({ forecast: { ...served, saveTarget: null } }), MPG.economy).target).toBe("out of reach");
});

test("the economy that makes it is in the units of the screen", () => {
  expect(finish(reading({ forecast: served }), unitSystems(null)[1]!.economy).target).toBe("47");
});
