import { expect, test } from "vitest";
import type { Timeline } from "./queries";
import { shades, stopsOf } from "./timeline";

const stop = (vehicleId: string, number: number, lap: number | null) => ({
  vehicleId,
  number,
  lap,
  boxStopUs: null,
  boxLeaveUs: null,
  added: null,
  addedSd: null,
  full: null,
});

const timeline: Timeline = {
  flags: [
    { flag: "YELLOW", lap: 0, toLap: 1 },
    { flag: "GREEN", lap: 1, toLap: 34 },
    { flag: "YELLOW", lap: 34, toLap: 38 },
    { flag: "GREEN", lap: 38, toLap: 60 },
    { flag: "YELLOW", lap: null, toLap: null },
    { flag: "RED", lap: 60, toLap: null },
  ],
  stops: [stop("v7", 2, 62), stop("v7", 1, 35), stop("v8", 1, 35), stop("v7", 3, null)],
  stageEnds: [],
};

test("cautions and red flags are shaded from line to line, none before the first lap, and as far as the race is while they last", () => {
  expect(shades(timeline, 60.5)).toEqual([
    { kind: "caution", lo: 33, hi: 37 },
    { kind: "red", lo: 59, hi: 60.5 },
  ]);
  expect(shades(null, 60)).toEqual([]);
});

test("stops are of one car, in order, and where their lap is known", () => {
  expect(stopsOf(timeline, "v7").map(({ lap }) => lap)).toEqual([35, 62]);
  expect(stopsOf(timeline, null)).toEqual([]);
  expect(stopsOf(null, "v7")).toEqual([]);
});
