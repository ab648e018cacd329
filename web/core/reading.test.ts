import { describe, expect, test } from "vitest";
import { reading } from "./examples";
import type { Insight } from "./queries";
import type { Reading } from "./reading";
import { spoken } from "./spoken";
import { MPG, unitSystems } from "./units";

const shown = (r: Reading) => [r.word.text, r.bar.kind, r.economy.kind, r.why];

describe("the table of states", () => {
  test.each<[string, Partial<Insight>, string[]]>([
    ["saving", {}, ["SAVING", "live", "number", ""]],
    ["bar and word differ", { mode: "NEUTRAL" }, ["NEUTRAL", "live", "number", ""]],
    ["fewer than three clean laps", { greenLaps: 1, quality: "NOT_YET" }, ["NOT YET", "empty", "none", "1 of 3 laps"]],
    ["no throttle", { quality: "NO_THROTTLE" }, ["NO THROTTLE", "empty", "none", "throttle signal fails its check"]],
    ["no rpm", { quality: "NO_RPM" }, ["NO RPM", "empty", "none", "engine speed fails its check"]],
    // 1.28 × 0.12 = 0.154 mpg, 1.28 × 0.24 = 0.308 mpg.
    ["half range over 0.15 mpg", { economy5Sd: 0.12 }, ["SAVING", "live", "range", ""]],
    ["half range over 0.3 mpg", { economy5Sd: 0.24 }, ["NOT SURE", "empty", "none", "range 0.6 mpg"]],
    ["an engine that nobody has named", { quality: "UNCALIBRATED" }, ["SAVING", "live", "none", "only ratios: engine not known"]],
    ["no stop seen yet", { stops: 0 }, ["SAVING", "live", "number", "not yet checked"]],
    ["imputed", { quality: "IMPUTED", imputedPct: 3.4 }, ["SAVING", "live", "number", "3 % of the stint filled in"]],
    ["a tank that contradicts itself", { quality: "LEVEL_CONFLICT" }, ["SAVING", "live", "number", "tank does not add up"]],
    ["too few cars for a median", { relativePct: null }, ["SAVING", "empty", "number", "too few cars to compare"]],
    ["caution", { flag: "YELLOW", mode: "CAUTION" }, ["CAUTION", "resting", "number", "last green"]],
    ["red flag", { flag: "RED", mode: "CAUTION" }, ["RED FLAG", "resting", "number", "last green"]],
    [
      "caution hides no broken signal",
      { flag: "YELLOW", quality: "NO_RPM" },
      ["NO RPM", "empty", "none", "engine speed fails its check"],
    ],
    ["pit road", { mode: "PIT" }, ["PIT ROAD", "pit", "none", ""]],
    ["out", { mode: "OFF", lap: 88, ageMs: 900_000 }, ["OUT", "out", "none", "lap 88"]],
    ["nothing known", { quality: "UNKNOWN", mode: "UNKNOWN", ageMs: null }, ["NOT YET", "empty", "none", "nothing known yet"]],
    ["stale, by the server's judgement", { quality: "STALE" }, ["0.6 s old", "stale", "number", "last good"]],
    ["lost, by the server's judgement", { quality: "LOST" }, ["LOST", "empty", "none", "no signal since lap 171"]],
  ])("%s", (_, changes, expected) => expect(shown(reading(changes))).toEqual(expected));

  test("a wide range is hollow from end to end", () => {
    const { bar } = reading({ economy5Sd: 0.12 });
    expect(bar.kind === "live" && bar.cells).toMatchObject({ solid: { from: -9, to: -9 }, hollow: { from: -9, to: 0 } });
  });
});

describe("age is the insight's own and what has passed since its board", () => {
  test.each([
    [1_300, "SAVING", "live"],
    [1_400, "2.0 s old", "stale"],
    [9_400, "10.0 s old", "stale"],
    [9_500, "LOST", "empty"],
  ])("0.6 s and %i ms", (silentMs, word, bar) => {
    const r = reading({}, {}, silentMs);
    expect([r.word.text, r.bar.kind]).toEqual([word, bar]);
  });

  test("a stale mark keeps its cells and the number, but no needle; a lost one keeps nothing", () => {
    const stale = reading({}, {}, 2_000);
    expect(stale.bar).toEqual({ kind: "stale", cells: expect.objectContaining({ side: "save" }) });
    expect(stale.economy.kind).toBe("number");
    expect(stale.relative).toBeNull();
    expect(reading({}, {}, 11_000).economy.kind).toBe("none");
  });

  test("a car without any sample is stale and lost by the page's own silence", () => {
    expect(reading({ ageMs: null }, {}, 2_500).state).toBe("stale");
    expect(reading({ ageMs: null }, {}, 10_500).state).toBe("lost");
  });
});

describe("the spoken label", () => {
  test("says what the mark shows", () => {
    expect(spoken(reading(), MPG)).toBe(
      "Car 07, Brandt, saving, 5.0 miles per gallon, 4.9 to 5.1, 8 percent less than the field, 0.6 seconds old",
    );
    expect(spoken(reading({ greenLaps: 1, quality: "NOT_YET" }), MPG)).toBe(
      "Car 07, Brandt, not yet, no number, 1 of 3 laps, 0.6 seconds old",
    );
  });

  test("in the units of the screen", () => {
    const metric = unitSystems(null)[1]!;
    expect(spoken(reading({ relativePct: 0.2 }), metric)).toContain("47 litres per 100 kilometres, 46 to 48, as the field");
  });
});

test("a car that the roster does not know goes by its vehicle id", () => {
  const known = reading({ vehicleId: "v9" }, { number: "v9", driver: "" });
  expect(spoken(known, MPG)).toMatch(/^Car v9, saving, /);
});
