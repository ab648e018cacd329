import { describe, expect, test } from "vitest";
import { reading } from "../core/examples";
import type { Reading } from "../core/reading";
import { type Air, dueMs, IN_MS, OUT_MS, off, sightOf, standing, step as stepTo, stop, TAKE_MS, take } from "./air";

const sound = reading();
/** The machine as one car's graphic drives it. */
const step = (air: Air<Reading>, now: Reading | undefined, nowMs: number) => stepTo(air, sightOf(now), nowMs);
const taken: Air<Reading> = take(off(""), "07", 0);
const on = step(step(taken, sound, 100), sound, 100 + IN_MS);
const phases = (...airs: Air<Reading>[]) => airs.map((air) => air.phase);

describe("on", () => {
  test("a take enters with the first sound number, and stands after the entrance", () => {
    expect(phases(taken, step(taken, sound, 100), on)).toEqual(["taken", "entering", "on"]);
    expect(dueMs(step(taken, sound, 100))).toBe(100 + IN_MS);
  });

  test("a take that finds nothing sound is off after a while, so it cannot surprise later", () => {
    const notYet = reading({ greenLaps: 1, quality: "NOT_YET" });
    expect(step(taken, notYet, TAKE_MS - 1).phase).toBe("taken");
    expect(step(taken, undefined, TAKE_MS).phase).toBe("off");
    expect(step(step(taken, undefined, TAKE_MS), sound, TAKE_MS + 1).phase).toBe("off");
  });

  test("stale data does not enter", () => {
    expect(step(taken, reading({}, {}, 2_500), 100).phase).toBe("taken");
  });
});

describe("off", () => {
  test.each([
    ["lost data", reading({}, {}, 10_000)],
    ["a caution", reading({ flag: "YELLOW", mode: "CAUTION" })],
    ["the pit road", reading({ mode: "PIT" })],
    ["doubt", reading({ economy5Sd: 0.3 })],
    ["a car that is gone from the board", undefined],
  ])("%s ends it", (_, now) => {
    const leaving = step(on, now, 1_000);
    expect(leaving.phase).toBe("leaving");
    expect(step(leaving, now, 1_000 + OUT_MS).phase).toBe("off");
  });

  test("stale data only dims it", () => {
    expect(step(on, reading({}, {}, 2_500), 1_000).phase).toBe("on");
  });

  test("it never comes back by itself, but with a new take", () => {
    const gone = step(step(on, undefined, 1_000), undefined, 2_000);
    expect(step(gone, sound, 3_000).phase).toBe("off");
    expect(step(take(gone, "07", 3_000), sound, 3_000).phase).toBe("entering");
  });

  test("stop leaves by the normal exit", () => {
    expect(phases(stop(on, 1_000), stop(taken, 1_000))).toEqual(["leaving", "off"]);
    expect(step(stop(on, 1_000), sound, 1_000 + OUT_MS).phase).toBe("off");
  });
});

test("another car enters only when the one before has left", () => {
  const other = reading({ vehicleId: "v19" }, { number: "19", driver: "Owen Stroud" });
  const leaving = take(on, "19", 1_000);
  expect(leaving).toMatchObject({ phase: "leaving", asked: "19", shown: { number: "07" } });
  expect(step(leaving, other, 1_100)).toMatchObject({ phase: "leaving", shown: { number: "07" } });
  expect(step(leaving, other, 1_000 + OUT_MS)).toMatchObject({ phase: "entering", shown: { number: "19" } });
  expect(take(on, "07", 1_000)).toBe(on);
});

test("only what stands on air is known to the next sight", () => {
  expect([taken, on, stop(on, 1_000)].map((air) => standing(air)?.number)).toEqual([undefined, "07", undefined]);
});
