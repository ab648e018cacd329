import { expect, test } from "vitest";
import { reading } from "./examples";
import { around, found, moved, named, ordered } from "./order";

const field = [
  reading({ vehicleId: "a", position: 3, relativePct: -9.4 }, { number: "7", driver: "Mack Delaney" }),
  reading({ vehicleId: "b", position: 1, relativePct: 7 }, { number: "19", driver: "Owen Stroud" }),
  reading({ vehicleId: "c", position: 2, relativePct: -7.6 }, { number: "07", driver: "Casey Brandt" }),
  reading({ vehicleId: "d", position: null, relativePct: null }, { number: "71", driver: "Ana Quintero" }),
  reading({ vehicleId: "e", position: null, relativePct: null }, { number: "3", driver: "Cole Ransome" }),
];
const numbers = (readings: typeof field) => readings.map((r) => r.number);

test("by position, those without one last, by number as text", () => {
  expect(numbers(ordered(field, "position"))).toEqual(["19", "07", "7", "3", "71"]);
});

test("by burn, least first", () => {
  expect(numbers(ordered(field, "burn"))).toEqual(["7", "07", "19", "3", "71"]);
});

test("07 and 7 are two cars", () => {
  expect(numbers(found(field, "7"))).toEqual(["7", "71"]);
  expect(numbers(found(field, "07"))).toEqual(["07"]);
  expect(named(field, "07")?.driver).toBe("Casey Brandt");
  expect(named(field, "7")?.driver).toBe("Mack Delaney");
});

test("a car is found by name in either case, and named by its vehicle id", () => {
  expect(numbers(found(field, "str"))).toEqual(["19"]);
  expect(numbers(found(field, "AN"))).toEqual(["07", "3", "7", "71"]);
  expect(found(field, " ")).toEqual([]);
  expect(named(field, "e")?.number).toBe("3");
});

test("the choice moves along the order and stops at its ends", () => {
  const order = ordered(field, "position");
  expect(moved(order, null, 1)).toBe("b");
  expect(moved(order, "b", 1)).toBe("c");
  expect(moved(order, "b", -1)).toBe("b");
  expect(moved(order, "d", 1)).toBe("d");
  expect(moved([], "b", 1)).toBeNull();
});

test.each([
  ["the front", undefined, 3, ["19", "07", "7"]],
  ["a car in the middle", "7", 3, ["07", "7", "3"]],
  ["the last car", "71", 2, ["3", "71"]],
  ["the leader, at the front", "19", 3, ["19", "07", "7"]],
  ["more than there are", "7", 16, ["19", "07", "7", "3", "71"]],
])("a window around %s", (_, chosen, size, expected) => {
  const order = ordered(field, "position");
  expect(
    numbers(
      around(
        order,
        order.find((r) => r.number === chosen),
        size,
      ),
    ),
  ).toEqual(expected);
});
