import { expect, test } from "vitest";
import { quantile } from "./range";
import { decimals, linear, rows, spaced, stretchesOf, ticks } from "./scale";

test("ticks are round and inside", () => {
  expect(ticks({ lo: 4.17, hi: 5.42 }, 6)).toEqual([4.2, 4.4, 4.6, 4.8, 5, 5.2, 5.4]);
  expect(ticks({ lo: 0, hi: 200 }, 10)).toEqual([0, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200]);
  expect(ticks({ lo: 3, hi: 3 }, 5)).toEqual([3]);
});

test("a scale may run backwards", () => {
  const y = linear({ lo: 0, hi: 10 }, 100, 0);
  expect([y(0), y(2.5), y(10)]).toEqual([100, 75, 0]);
});

test("decimals follow the step", () => {
  expect([decimals([4.2, 4.4]), decimals([0, 20]), decimals([0.32, 0.33])]).toEqual([1, 0, 2]);
});

test("texts stand on the lowest row where they do not overlap", () => {
  expect(rows([10, 20, 40, 12], 15)).toEqual([0, 1, 0, 2]);
});

test("numbers are cut into stretches without gaps", () => {
  expect(stretchesOf([5, 4, 9, 6])).toEqual([
    { lo: 4, hi: 6 },
    { lo: 9, hi: 9 },
  ]);
});

test("texts in a line keep their places, their distance and the end of the line", () => {
  expect(spaced([0, 100, 110], [50, 20, 20], 10, 200)).toEqual([0, 100, 130]);
  expect(spaced([0, 150, 190], [50, 60, 40], 10, 200)).toEqual([0, 90, 160]);
});

test("a quantile is interpolated", () => {
  expect([quantile([3, 1, 2, 4], 0.25), quantile([7], 0.9), quantile([], 0.5)]).toEqual([1.75, 7, null]);
});
