import { describe, expect, test } from "vitest";
import { insight, lap } from "./examples";
import type { Stop } from "./queries";
import { tankPath } from "./tank";

const stop = (number: number, added: number | null): Stop => ({
  vehicleId: "v7",
  number,
  lap: 168,
  boxStopUs: null,
  boxLeaveUs: null,
  added,
  addedSd: 0,
  full: null,
});
const now = insight({ remaining: 9, remainingSd: 0, burnedLap: 0.1, lapsLeft: 30, lapsLeftSd: 0 });
/** Laps of 0.3 gallons; the car, in its stint 5, is at half of lap 171. */
const laps = [lap({ lap: 167, stint: 4 }), lap({ lap: 168, stint: 4, label: "PIT" }), lap({ lap: 169 }), lap({ lap: 170 })];
const path = (stops: Stop[], of = now) =>
  tankPath(of, laps, stops)?.past.map(({ laps, range }) => [laps, Number(range.lo.toFixed(2))]);

describe("the past of a tank", () => {
  test("is what is in it now, what was burned since, and less what a stop filled in", () => {
    expect(path([stop(5, 8)])).toEqual([
      [166, 2.3],
      [167, 2],
      [168, 1.7],
      [168, 9.7],
      [169, 9.4],
      [170, 9.1],
    ]);
  });

  test.each([
    ["of which nobody knows what it filled in", [stop(5, null)]],
    ["that nobody saw", [stop(4, 8)]],
  ])("begins after a stop %s", (_, stops) => {
    expect(path(stops)).toEqual([
      [168, 9.7],
      [169, 9.4],
      [170, 9.1],
    ]);
  });

  test("is as unsure before a stop as the tank and the filling are", () => {
    const { past } = tankPath({ ...now, remainingSd: 0.3 }, laps, [{ ...stop(5, 8), addedSd: 0.4 }])!;
    // 1.2816 × √(0.3² + 0.4²) to each side of 2.3.
    expect(past[0]?.range).toEqual({ lo: expect.closeTo(1.6592), hi: expect.closeTo(2.9408) });
  });
});

test("it is dry when the laps left in it are driven, if that is known", () => {
  expect(tankPath(now, laps, [])).toMatchObject({ dry: { lo: 200.5, hi: 200.5 }, now: { laps: 170.5, range: { lo: 9, hi: 9 } } });
  expect(tankPath({ ...now, lapsLeft: null }, laps, [])?.dry).toBeNull();
  expect(tankPath({ ...now, remaining: null }, laps, [])).toBeNull();
});
