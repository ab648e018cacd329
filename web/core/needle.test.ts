import { describe, expect, test } from "vitest";
import { applyNeedle, applyWindow, type Now, UNKNOWN_NOW } from "./needle";

const slot = (now: Now, endMs: number, rateGS: number | null, newestMs = endMs) =>
  applyNeedle(now, String(endMs * 1_000), { vehicleId: "v7", newestUs: String(newestMs * 1_000), rateGS, economy: 4.5 });

/** Ten slots of a second of 30 g/s each. */
const second = Array.from({ length: 10 }, (_, i) => (i + 1) * 100).reduce((now, end) => slot(now, end, 30), UNKNOWN_NOW);

test("moves by its own rates until a window has been received", () => {
  expect([second.rateGS, second.mpg]).toEqual([30, 4.5]);
});

describe("a window corrects what follows", () => {
  test.each([
    ["by as much as it was off", 33, 33, 4.5 / 1.1],
    ["not at all where it agrees", 30, 30, 4.5],
    ["no further than a quarter up", 60, 37.5, 3.6],
    ["no further than a fifth down", 3, 24, 5.625],
  ])("%s", (_, window, rate, mpg) => {
    const next = slot(applyWindow(second, "0", "1000000", window), 1_100, 30);
    expect(next.rateGS).toBeCloseTo(rate);
    expect(next.mpg).toBeCloseTo(mpg);
  });

  test("but not by slots outside of it, by a window that knows nothing, or across a shut throttle", () => {
    expect(applyWindow(second, "1000000", "2000000", 33).correction).toBe(1);
    expect(applyWindow(second, "0", "1000000", null).correction).toBe(1);
    expect(applyWindow(slot(UNKNOWN_NOW, 100, 0), "0", "1000000", 1).correction).toBe(1);
  });

  test("slots until the window's start do not count: it is open there", () => {
    expect(applyWindow(slot(slot(UNKNOWN_NOW, 1_000, 60), 1_100, 30), "1000000", "2000000", 30).correction).toBe(1);
  });
});

test.each([
  ["a car that the needle does not hold", () => applyNeedle(second, "1100000", undefined)],
  ["a car silent for two seconds", () => slot(second, 3_000, 30, 1_000)],
  ["an engine that is not known", () => slot(second, 1_100, null)],
])("%s shows nothing", (_, folded) => {
  expect(folded()).toMatchObject({ rateGS: null, mpg: null });
});

test("keeps no more slots than it needs", () => {
  let now = UNKNOWN_NOW;
  for (let end = 100; end <= 60_000; end += 100) now = slot(now, end, 30);
  expect(now.slots.length).toBe(40);
});
