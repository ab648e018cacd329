import { expect, test } from "vitest";
import { session } from "./examples";
import { originWord } from "./origin";

test("what is not recorded from real cars as they are says so", () => {
  expect(originWord(session({ origin: "SIMULATED" }))).toBe("SIMULATED");
  expect(originWord(session({ origin: "RECONSTRUCTED" }))).toBe("RECONSTRUCTED");
  expect(originWord(session())).toBeNull();
  expect(originWord(null)).toBeNull();
});
