import { expect, test } from "vitest";
import { lap } from "./examples";
import { boilDown, TREND_LAPS } from "./history";
import type { FieldLap } from "./queries";
import { lapPoint } from "./trend";

/** Nine cars at 4.2 to 5.0 mpg on each lap; the flag by lap. */
const laps: FieldLap[] = Array.from({ length: 30 }, (_, l) => l + 1).flatMap((n) =>
  Array.from({ length: 9 }, (_, car) => {
    const yellow = n === 10 || n === 11;
    const label = n === 10 && car === 0 ? "PIT" : yellow ? "CAUTION" : "GREEN";
    return { vehicleId: `v${car}`, lap: n, label, clean: !yellow, economy: (42 + car) / 10 } as const;
  }),
);

test("laps under caution are those most of the field ran so; the pit road shows nothing", () => {
  expect([...boilDown(laps).cautions]).toEqual([10, 11]);
});

test("the band of a lap is the middle half of its clean laps", () => {
  const { bands } = boilDown(laps);
  expect(bands.get(1)).toEqual({ lo: 4.4, median: 4.6, hi: 4.8 });
  expect(bands.has(10)).toBe(false);
  expect(boilDown(laps.filter((l) => l.vehicleId < "v7")).bands.size).toBe(0);
});

test("a car's trend is its last clean laps against the field, and no longer", () => {
  const { recent } = boilDown(laps);
  expect(recent.get("v0")).toHaveLength(TREND_LAPS);
  expect(recent.get("v4")).toEqual(Array(TREND_LAPS).fill(0));
  // 4.6 / 5.0 is 8 % less fuel a mile.
  expect(recent.get("v8")?.at(-1)).toBeCloseTo(-8);
});

test("a lap's range comes from its burn, and its colour from the field on that lap", () => {
  const { bands } = boilDown(laps);
  const point = lapPoint(lap({ lap: 12, economy: 5, burned: 0.3, burnedSd: 0.003 }), bands);
  // 0.3 gal ± 1.28 × 0.003 is ± 1.28 %.
  expect(point.range?.lo).toBeCloseTo(5 / 1.012816, 3);
  expect(point.side).toBe("save");
  expect(lapPoint(lap({ lap: 12, economy: 4.62, burned: 0.3, burnedSd: 0.003 }), bands).side).toBe("even");
  expect(lapPoint(lap({ lap: 10 }), bands)).toMatchObject({ side: "even", pct: null });
});
