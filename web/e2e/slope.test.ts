import { expect, test } from "vitest";
import { perHour } from "./slope";

const points = (...values: number[]) => values.map((value, minute) => ({ minute, value }));

test.each([
  ["one a minute", points(5, 6, 7), 60],
  ["nothing", points(5, 5, 5), 0],
  ["up and down", points(5, 7, 5), 0],
  ["falling", points(5, 4.5, 4), -30],
])("%s", (_, given, expected) => expect(perHour(given)).toBeCloseTo(expected));

test("one point has no slope", () => {
  expect(perHour(points(5))).toBeNull();
  expect(perHour([])).toBeNull();
});
