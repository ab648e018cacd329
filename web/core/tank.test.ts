import { describe, expect, test } from "vitest";
import { board, insight } from "./examples";
import type { Insight } from "./queries";
import { type Levels, tankPath, withLevels } from "./tank";

const NONE: Levels = new Map();
const now = insight({ remaining: 9, remainingSd: 0, lapsLeft: 30, lapsLeftSd: 0 });

/** What is kept of one car over boards, as laps done and gallons. */
function kept(...cars: Partial<Insight>[]): (number | undefined)[][] {
  const boards = cars.map((changes) => board({ cars: [{ ...now, ...changes }] }));
  const levels = boards.reduce((levels, next, i) => withLevels(levels, boards[i - 1] ?? null, next), NONE);
  return (levels.get("v7") ?? []).map(({ laps, range }) => [laps, range.lo]);
}

describe("the levels of a tank are the server's", () => {
  test("one a lap, whatever comes in between", () => {
    expect(
      kept(
        { lap: 170, lapDistance: 0.9, remaining: 9.3 },
        { lap: 171, lapDistance: 0, remaining: 9.2 },
        { lap: 171, lapDistance: 0.5, remaining: 9 },
      ),
    ).toEqual([
      [169.9, 9.3],
      [170, 9.2],
    ]);
  });

  test("and around a stop the last before it and the first after", () => {
    expect(kept({ stops: 5, lapDistance: 0.5, remaining: 2 }, { stops: 6, lapDistance: 0.5, remaining: 18 })).toEqual([
      [170.5, 2],
      [170.5, 2],
      [170.5, 18],
    ]);
  });

  test.each<[string, Partial<Insight>]>([
    ["nobody knows it", { remaining: null }],
    ["it contradicts itself", { quality: "LEVEL_CONFLICT" }],
    ["no lap is known", { lap: null }],
  ])("none where %s", (_, changes) => {
    expect(kept(changes)).toEqual([]);
  });

  test("a board without a new lap changes nothing", () => {
    const one = board({ cars: [now] });
    const levels = withLevels(NONE, null, one);
    expect(withLevels(levels, one, board({ windowEndUs: "2000000", cars: [now] }))).toBe(levels);
  });
});

test("it is dry when the laps left in it are driven, if that is known", () => {
  expect(tankPath(now, [])).toMatchObject({
    dry: { lo: 200.5, hi: 200.5 },
    now: { laps: 170.5, range: { lo: 9, hi: 9 } },
  });
  expect(tankPath({ ...now, lapsLeft: null }, [])?.dry).toBeNull();
  expect(tankPath({ ...now, remaining: null }, [])).toBeNull();
});
