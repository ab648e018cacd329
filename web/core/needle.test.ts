import { expect, test } from "vitest";
import { nowOf, UNKNOWN_NOW } from "./needle";

test("what a car burns now is what the server says", () => {
  expect(nowOf({ vehicleId: "v7", rateGS: 30, economy: 4.5 })).toEqual({ rateGS: 30, mpg: 4.5 });
  expect(nowOf({ vehicleId: "v7", rateGS: 30, economy: null })).toEqual({ rateGS: 30, mpg: null });
});

test("a car that the needle does not hold, and an engine that is not known, show nothing", () => {
  expect(nowOf(undefined)).toEqual(UNKNOWN_NOW);
  expect(nowOf({ vehicleId: "v7", rateGS: null, economy: 4.5 })).toEqual(UNKNOWN_NOW);
});
