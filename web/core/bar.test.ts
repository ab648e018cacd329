import { describe, expect, test } from "vitest";
import { type Cells, cellsOf, coarse, hollowed, needleAt, reachOf } from "./bar";

const cells = (side: Cells["side"], solid: [number, number], hollow: [number, number]): Cells => ({
  side,
  solid: { from: solid[0], to: solid[1] },
  hollow: { from: hollow[0], to: hollow[1] },
});

describe("cells of an 80 % range", () => {
  test.each([
    // The marks of the design's sheet of states, read off its drawing.
    ["saving: six sure, three that could be", [-9.07, -6.13], cells("save", [-6, 0], [-9, -6])],
    ["hard: the same to the right", [5.4, 8.4], cells("hard", [0, 5], [5, 8])],
    ["neutral: the range spans the median", [-1.1, 2.2], cells("even", [0, 0], [-1, 2])],
    ["leaning: on one side, just, so nothing is sure", [-4.7, -0.4], cells("save", [0, 0], [-5, 0])],
    // Solid rounds toward the field, hollow to the nearest.
    ["solid never claims a cell that is not whole", [2.99, 4.49], cells("hard", [0, 2], [2, 4])],
    ["hollow rounds up at the half", [2.99, 4.51], cells("hard", [0, 2], [2, 5])],
    // At least one cell is hollow: nothing is known to the last cell.
    ["a narrow range keeps one hollow cell", [3.05, 3.1], cells("hard", [0, 3], [3, 4])],
    ["a narrow range on the left too", [-3.1, -3.05], cells("save", [-3, 0], [-4, -3])],
    ["a narrow range about the median is the cell it is in", [-0.1, 0.2], cells("even", [0, 0], [0, 1])],
    ["or the one left of it", [-0.2, 0.1], cells("even", [0, 0], [-1, 0])],
    // The scale ends at twelve.
    ["off the scale", [11.4, 14], cells("hard", [0, 11], [11, 12])],
    ["all of it off the scale", [13, 16], cells("hard", [0, 12], [12, 12])],
    ["as wide as the scale", [-30, 30], cells("even", [0, 0], [-12, 12])],
  ] as const)("%s", (_, [lo, hi], expected) => {
    expect(cellsOf({ lo, hi }, 12)).toEqual(expected);
  });

  test("are twenty each way on a superspeedway", () => {
    expect(reachOf(510)).toBe(20);
    expect(cellsOf({ lo: 15.2, hi: 18.4 }, 20)).toEqual(cells("hard", [0, 15], [15, 18]));
    expect([reachOf(670), reachOf(750), reachOf(null)]).toEqual([12, 12, 12]);
  });
});

describe("a cell switches only when its bound has crossed by a quarter cell", () => {
  const drawn = cellsOf({ lo: 3.5, hi: 6.6 }, 12);
  test.each([
    ["solid holds just past a whole cell", { lo: 4.2, hi: 6.6 }, 3],
    ["and moves a quarter past it", { lo: 4.26, hi: 6.6 }, 4],
    ["it gives way no sooner", { lo: 2.8, hi: 6.6 }, 3],
    ["than a quarter below", { lo: 2.7, hi: 6.6 }, 2],
  ])("%s", (_, range, solid) => {
    expect(cellsOf(range, 12, drawn).solid.to).toBe(solid);
  });

  test("the colour holds too", () => {
    const even = cellsOf({ lo: -0.5, hi: 2 }, 12);
    expect(cellsOf({ lo: 0.2, hi: 2.5 }, 12, even).side).toBe("even");
    expect(cellsOf({ lo: 0.3, hi: 2.5 }, 12, even).side).toBe("hard");
    const hard = cellsOf({ lo: 0.3, hi: 2.5 }, 12);
    expect(cellsOf({ lo: -0.2, hi: 2.5 }, 12, hard)).toEqual(cells("hard", [0, 0], [0, 3]));
    expect(cellsOf({ lo: -0.3, hi: 2.5 }, 12, hard).side).toBe("even");
  });
});

test("the needle is exact, and held at the end of the scale", () => {
  expect(needleAt(-7.6, 12)).toEqual({ at: -7.6, off: 0 });
  expect(needleAt(13.2, 12)).toEqual({ at: 12, off: 1 });
  expect(needleAt(-12.1, 12)).toEqual({ at: -12, off: -1 });
});

test("a wide range is hollow from end to end", () => {
  expect(hollowed(cellsOf({ lo: -9.07, hi: -6.13 }, 12))).toEqual(cells("save", [-9, -9], [-9, 0]));
});

test.each([
  // Six sure and three that could be are 1.5 and 2.25 cells of 4 %.
  ["saving", cells("save", [-6, 0], [-9, -6]), cells("save", [-1, 0], [-2, -1])],
  ["hard to the end of the scale", cells("hard", [0, 12], [12, 12]), cells("hard", [0, 3], [3, 3])],
  ["less than a cell is one that could be", cells("hard", [0, 1], [1, 2]), cells("hard", [0, 0], [0, 1])],
  ["spanning the median", cells("even", [0, 0], [-3, 5]), cells("even", [0, 0], [-1, 1])],
  ["wide, nothing becomes sure", cells("save", [-9, -9], [-9, 0]), cells("save", [0, 0], [-2, 0])],
])("in cells of 4 %% as the strip draws it: %s", (_, fine, expected) => {
  expect(coarse(fine, 4, 3)).toEqual(expected);
});
