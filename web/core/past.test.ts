import { describe, expect, test } from "vitest";
import { insight, lap } from "./examples";
import { boxSeconds, stints, taken } from "./past";
import type { Stop } from "./queries";

const stop = (changes: Partial<Stop> = {}): Stop => ({
  vehicleId: "v7",
  number: 1,
  lap: 35,
  boxStopUs: "1000000",
  boxLeaveUs: "10400000",
  added: 11.25,
  addedSd: 0.5,
  full: true,
  ...changes,
});

describe("stints", () => {
  /** In its third stint, of which no lap is closed. */
  const later = insight({ stops: 2 });
  const laps = [
    lap({ lap: 34, stint: 0, burned: 0.3, economy: 5 }),
    lap({ lap: 35, stint: 0, burned: 0.1, economy: 4, label: "PIT", clean: false }),
    lap({ lap: 36, stint: 1, burned: 0.3, economy: 5, imputed: 0.03 }),
    lap({ lap: 37, stint: 1, burned: 0.2, economy: 6 }),
  ];

  test("hold their laps, their fuel, and the economy of their clean laps by fuel", () => {
    const [first, second] = stints(laps, [], later);
    expect(first).toMatchObject({ number: 0, from: 34, to: 35, mpg: 5, imputedPct: 0, stop: null });
    // (5 × 0.3 + 6 × 0.2) miles of 0.5 gallons; 0.03 of 0.5 gallons were filled in.
    expect(second).toMatchObject({ number: 1, from: 36, to: 37, mpg: expect.closeTo(5.4), imputedPct: expect.closeTo(6) });
    // 1.2816 × (0.005 + 0.005) to each side of 0.4.
    expect(first?.burned).toEqual({ lo: expect.closeTo(0.3872), hi: expect.closeTo(0.4128) });
  });

  test("end with the stop after them, of that car", () => {
    const stops = [stop({ vehicleId: "v8" }), stop({ number: 2, lap: 70 }), stop()];
    expect(stints(laps, stops, later).map((stint) => stint.stop?.lap)).toEqual([35, 70]);
    expect(stints(laps, stops, { ...later, vehicleId: "v9" }).map((stint) => stint.stop)).toEqual([null, null]);
  });

  test("under way are the insight's own", () => {
    const now = insight({ stops: 1, stintEconomy: 5.2, burnedStint: 0.6, imputedPct: 2 });
    const [first, second] = stints(laps, [], now);
    expect(first).toMatchObject({ isPresent: false, mpg: 5 });
    expect(second).toMatchObject({ isPresent: true, mpg: 5.2, burned: { lo: 0.6, hi: 0.6 }, imputedPct: 2 });
  });

  test("without a clean lap have no economy", () => {
    expect(stints([lap({ clean: false })], [], later)[0]?.mpg).toBeNull();
    expect(stints([], [], later)).toEqual([]);
  });
});

test("a stop is as long as the car stood, if both ends were seen", () => {
  expect(boxSeconds(stop())).toBeCloseTo(9.4);
  expect(boxSeconds(stop({ boxLeaveUs: null }))).toBeNull();
});

test("fuel taken is a range, never below zero, or not known", () => {
  expect(taken(stop())).toEqual({ lo: expect.closeTo(10.609), hi: expect.closeTo(11.891) });
  expect(taken(stop({ added: 0.1 }))?.lo).toBe(0);
  expect(taken(stop({ added: null }))).toBeNull();
  expect(taken(stop({ addedSd: null }))).toBeNull();
});
