import { expect, test } from "vitest";
import { session } from "./examples";
import { qualityText } from "./quality";

test("bounds are the server's, and not named while they are not known", () => {
  const known = session({ staleAfterMs: 3_000, lostAfterMs: 12_500, greenLapsMin: 4 });
  expect(qualityText("STALE", known)).toBe("no data for 3 seconds");
  expect(qualityText("LOST", known)).toBe("no data for 12.5 seconds");
  expect(qualityText("NOT_YET", known)).toBe("fewer than 4 clean laps in this stint");
  expect([qualityText("LOST", null), qualityText("NOT_YET", null)]).toEqual(["no data", "too few clean laps in this stint"]);
});
