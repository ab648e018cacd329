import { expect, test } from "vitest";
import { board, insight, session } from "./examples";
import { dataAgeMs, meet, NOTHING, receive, silent, tick } from "./live";

const fresh = meet(receive(NOTHING, board(), 1_000), session());

test("a board and a roster make readings", () => {
  expect(fresh.readings.map((r) => [r.number, r.driver, r.word.text])).toEqual([["07", "Casey Brandt", "SAVING"]]);
  expect(dataAgeMs(fresh)).toBe(600);
});

test("time alone changes nothing until somebody would see it", () => {
  expect(tick(fresh, 1_500)).toBe(fresh);
  expect(tick(fresh, 2_300)).toBe(fresh);
  const stale = tick(fresh, 2_500);
  expect(stale.readings[0]?.state).toBe("stale");
  expect(silent(stale)).toBe(false);
  expect(silent(tick(stale, 3_000))).toBe(true);
  expect(tick(stale, 10_500).readings[0]?.state).toBe("lost");
});

test("every bar is hatched when no board came for two seconds", () => {
  const two = meet(
    receive(NOTHING, board({ cars: [insight({ ageMs: 0 }), insight({ vehicleId: "v8", ageMs: null })] }), 0),
    session(),
  );
  expect(tick(two, 2_000).readings.map((r) => r.bar.kind)).toEqual(["stale", "stale"]);
});

test("the next board makes it fresh again", () => {
  const back = receive(tick(fresh, 9_000), board({ windowEndUs: "2000000" }), 9_500);
  expect(back.readings[0]?.state).toBe("sound");
  expect(silent(back)).toBe(false);
});

test("the same board again, as after a reconnect, is no news", () => {
  const lost = tick(fresh, 11_000);
  expect(receive(lost, board(), 11_500)).toBe(lost);
});

test("another session forgets the roster and the cells of the one before", () => {
  const other = receive(fresh, board({ sessionId: "other" }), 2_000);
  expect(other.session).toBeNull();
  expect(other.readings[0]?.number).toBe("v7");
});

test("cells hold within their slack from board to board, and state does not grow", () => {
  const at = (pct: number, n: number) =>
    board({ windowEndUs: String(n), cars: [insight({ relativePct: pct, relativeSdPct: 0.1 })] });
  const solid = (live: typeof fresh) => live.cells.get("v7")?.solid.to;
  const first = receive(NOTHING, at(4.2, 1), 0);
  const second = receive(first, at(4.05, 2), 1_000);
  expect([solid(first), solid(second)]).toEqual([4, 4]);
  expect(solid(receive(NOTHING, at(4.05, 2), 0))).toBe(3);
  expect(second.cells.size).toBe(1);
});

test("before the session is known, nothing is judged by age: the bounds are the server's", () => {
  const early = receive(NOTHING, board(), 0);
  expect(silent(tick(early, 60_000))).toBe(false);
  expect(tick(early, 60_000)).toBe(early);
  expect(silent(tick(meet(early, session({ staleAfterMs: 9_000 })), 8_000))).toBe(false);
});
