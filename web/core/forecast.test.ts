import { expect, test } from "vitest";
import { reading } from "./examples";
import { finish, UNKNOWN } from "./forecast";

const told = {
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
  expect(finish(reading({ forecast: told, quality: "LOST" }))).toEqual(UNKNOWN);
});

test("a forecast is said with its range and no more precision than it has", () => {
  const said = finish(reading({ forecast: told }));
  expect([said.makeIt, said.target, said.window]).toEqual(["62 %", "5.0", "61–70"]);
  expect(said.laps).not.toBe("–");
});

test("nobody is ever quite sure, and what cannot be reached says so", () => {
  const said = (changes: Partial<typeof told>) => finish(reading({ forecast: { ...told, ...changes } }));
  expect([said({ makeIt: 0.9999 }).makeIt, said({ makeIt: 0.001 }).makeIt]).toEqual(["> 99 %", "< 1 %"]);
  expect(said({ makeIt: 0.95 }).target).toBe("as now");
  expect(said({ oneStopIsEnough: false }).window).toBe("–");
  expect(finish(reading({ forecast: { ...told, saveTarget: null } })).target).toBe("out of reach");
});
