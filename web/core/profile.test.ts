import { expect, test } from "vitest";
import { lapParts } from "./profile";

test("parts are percent of the field's mean, and know on which side of it they are", () => {
  expect(lapParts([4, 9, 6], [6, 6, 6])).toEqual([
    { car: expect.closeTo(66.67, 1), field: 100, side: "save" },
    { car: 150, field: 100, side: "hard" },
    { car: 100, field: 100, side: "even" },
  ]);
});

test("without a field they are percent of the car's own mean", () => {
  expect(lapParts([3, 9], null)).toEqual([
    { car: 50, field: null, side: "even" },
    { car: 150, field: null, side: "even" },
  ]);
});

test.each([
  ["nothing was burned", [0, 0], null],
  ["nothing is known", [], null],
  ["the field has other parts", [1, 2], [1]],
])("%s", (_, parts, field) => expect(lapParts(parts, field)).toEqual([]));
