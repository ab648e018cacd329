import { expect, test } from "vitest";
import { board, insight, reading, session } from "./examples";
import { axis, endInReach, ending, endings, inTank, lapsToGo, lapsToSpare, spread } from "./field";

test("the axis is mpg at the same points: burn per mile is its inverse", () => {
  // 4.6 / 0.88, 4.6 / 0.92 …: the axis of the design's car page.
  expect(axis(4.6, 12).map(({ mpg }) => mpg.toFixed(1))).toEqual(["5.2", "5.0", "4.8", "4.6", "4.4", "4.3", "4.1"]);
  expect(axis(null, 12)).toEqual([]);
});

test("the middle half of the field, of eight cars at least", () => {
  const cars = [-4, -3, -2, -1, 1, 2, 3, 4].map((pct) => reading({ relativePct: pct }));
  expect(spread(cars)).toEqual({ lo: -2.25, hi: 2.25 });
  expect(spread(cars.slice(1))).toBeNull();
});

test("laps to go are the leader's", () => {
  const cars = [insight({ position: 1, lap: 171, lapDistance: 0.25 })];
  expect(lapsToGo(session(), board({ cars }))).toBeCloseTo(29.75);
  expect(lapsToGo(session({ laps: null }), board())).toBeNull();
});

test("a car ends the lap it is on, so one that is a lap down runs no lap more", () => {
  const sure = { lapsLeft: 30, lapsLeftSd: 0 };
  // The leader is at 170.5 of 200: 0.2 laps behind ends lap 200, a lap more behind ends lap 199.
  expect(lapsToSpare(reading({ ...sure, lap: 171, lapDistance: 0.3 }), 29.5)?.lo).toBeCloseTo(0.3);
  expect(lapsToSpare(reading({ ...sure, lap: 170, lapDistance: 0.3 }), 29.5)?.lo).toBeCloseTo(0.3);
  expect(lapsToSpare(reading({ lapsLeft: null }), 29.5)).toBeNull();
});

test("makes it and short need the whole range", () => {
  expect([ending({ lo: 0.1, hi: 2 }), ending({ lo: -0.1, hi: 2 }), ending({ lo: -2, hi: -0.1 }), ending(null)]).toEqual([
    "makes",
    "close",
    "short",
    "unknown",
  ]);
  const cars = [
    reading({ lapsLeft: 40 }),
    reading({ lapsLeft: 20 }),
    reading({ lapsLeft: 30 }),
    reading({ lapsLeft: null }),
    reading({ mode: "OFF" }),
  ];
  expect(endings(cars, 29.5)).toEqual({ makes: 1, short: 1, close: 1, unknown: 1 });
  expect([endInReach(cars, 29.5), endInReach(cars, 60)]).toEqual([true, false]);
});

test("what is in a tank is not below nothing, of now, and not shown of one that contradicts itself", () => {
  // 1.2816 × 0.3 = 0.384 gallons to each side of 9.5, 1.2816 × 0.9 = 1.153 laps of 32.
  expect(inTank(reading())).toEqual({
    fuel: { lo: expect.closeTo(9.1155), hi: expect.closeTo(9.8845) },
    laps: { lo: expect.closeTo(30.8466), hi: expect.closeTo(33.1534) },
  });
  expect(inTank(reading({ remaining: 0.1 })).fuel?.lo).toBe(0);
  for (const changes of [{ quality: "LOST" }, { mode: "OFF" }, { quality: "LEVEL_CONFLICT" }] as const) {
    expect(inTank(reading(changes))).toEqual({ fuel: null, laps: null });
    expect(lapsToSpare(reading(changes), 29.5)).toBeNull();
  }
});
