import { expect, test } from "vitest";
import { reading } from "./examples";
import { difference } from "./pair";
import type { Insight } from "./queries";

const against = (changes: Partial<Insight>) =>
  difference(reading(), reading({ vehicleId: "v19", economy5: 4.3, economy5Sd: 0.06, ...changes }, { number: "19" }));

test("Brandt and Stroud of the mocks: 0.7 mpg more for the 07", () => {
  expect(against({})).toMatchObject({ mpg: expect.closeTo(0.7), better: { number: "07" }, about: false });
});

test("is taken from unrounded values, whoever is named first", () => {
  const a = reading({ economy5: 4.549 });
  const b = reading({ vehicleId: "v19", economy5: 4.951 }, { number: "19" });
  expect(difference(a, b)).toMatchObject({ mpg: expect.closeTo(0.402), better: { number: "19" } });
  expect(difference(b, a)).toMatchObject({ mpg: expect.closeTo(0.402), better: { number: "19" } });
});

test.each<[string, Partial<Insight>, boolean]>([
  // 1.2816 × √(0.06² + 0.06²) = 0.1087 mpg is the least difference whose sign is nine in ten sure.
  ["just sure", { economy5: 4.89 }, true],
  ["just not", { economy5: 4.892 }, false],
  ["a sure difference that would print as zero", { economy5: 4.96, economy5Sd: 0.0001 }, false],
  ["one of both has nothing to show", { quality: "NOT_YET", greenLaps: 1 }, false],
])("%s", (_, changes, shown) => {
  const sure = changes.economy5Sd === undefined ? {} : { economy5Sd: changes.economy5Sd };
  const other = reading({ vehicleId: "v19", economy5: 4.3, economy5Sd: 0.06, ...changes }, { number: "19" });
  expect(difference(reading(sure), other) !== null).toBe(shown);
});

test("says about where one of both is not yet checked", () => {
  expect(against({ stops: 0 })?.about).toBe(true);
});
