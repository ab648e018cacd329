import { expect, test } from "vitest";
import { board, forecast, insight, reading } from "./examples";
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

/** A car with so many laps to spare, to 1.28 laps each way. */
const spare = (lapsLong: number) => reading({ forecast: forecast({ lapsLong, lapsLongSd: 1 }) });

test("laps to go are the leader's, by its forecast", () => {
  const cars = [insight({ position: 2 }), insight({ position: 1, forecast: forecast({ lapsToGo: 31 }) })];
  expect(lapsToGo(board({ cars }))).toBe(31);
  expect(lapsToGo(board({ cars: [insight({ position: 1 })] }))).toBeNull();
  expect(lapsToGo(null)).toBeNull();
});

test("laps to spare are the server's, with its sign, whatever the tank and the laps to go would come to", () => {
  for (const lapsLong of [-40, -0.1, 0.1, 40]) {
    const range = lapsToSpare(reading({ lapsLeft: 30, lap: 171, forecast: forecast({ lapsToGo: 30, lapsLong, lapsLongSd: 1 }) }));
    expect(range).toEqual({ lo: expect.closeTo(lapsLong - 1.2816), hi: expect.closeTo(lapsLong + 1.2816) });
  }
  expect(lapsToSpare(reading({ forecast: null }))).toBeNull();
  expect(lapsToSpare(reading({ forecast: forecast({ lapsLong: null }) }))).toBeNull();
});

test("makes it and short need the whole range", () => {
  expect([ending({ lo: 0.1, hi: 2 }), ending({ lo: -0.1, hi: 2 }), ending({ lo: -2, hi: -0.1 }), ending(null)]).toEqual([
    "makes",
    "close",
    "short",
    "unknown",
  ]);
  const cars = [spare(2), spare(-2), spare(1), reading(), reading({ mode: "OFF", forecast: forecast() })];
  expect(endings(cars)).toEqual({ makes: 1, short: 1, close: 1, unknown: 1 });
  expect([endInReach(cars), endInReach([spare(-2)])]).toEqual([true, false]);
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
    expect(lapsToSpare(reading({ ...changes, forecast: forecast() }))).toBeNull();
  }
});
