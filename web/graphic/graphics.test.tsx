import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { board, car, insight, session } from "../core/examples";
import { type Live, meet, NOTHING, receive, tick } from "../core/live";
import type { Insight } from "../core/queries";
import { askOf, type Graphic, partsOf } from "./graphic";
import { HEAD_TO_HEAD } from "./HeadToHead";
import { SINGLE } from "./Single";
import { STRIP } from "./Strip";

/** Twenty cars in running order, `01` to `20`; car `01` gets 5.0 mpg, each next 0.1 less. */
function field(changes: Record<string, Partial<Insight>> = {}, n = 20): Live {
  const numbers = Array.from({ length: n }, (_, i) => String(i + 1).padStart(2, "0"));
  const cars = numbers.map((number, i) =>
    insight({ vehicleId: `v${number}`, position: i + 1, economy5: 5 - i / 10, ...changes[number] }),
  );
  const roster = numbers.map((number) => car({ vehicleId: `v${number}`, number, driver: `Driver D${number}` }));
  return meet(receive(NOTHING, board({ cars }), 0), session({ cars: roster }));
}

function see<Shown>(graphic: Graphic<Shown>, address: string, live: Live, before?: Shown) {
  return graphic.see(live, askOf(new URLSearchParams(address), graphic.keys), before);
}

function draw<Shown>(graphic: Graphic<Shown>, address: string, live: Live): string {
  const sight = see(graphic, address, live);
  return sight === undefined
    ? ""
    : renderToStaticMarkup(graphic.draw(sight.shown, { phase: "on", reach: 12, fieldMpg: 4.6, window: 5 }));
}

const ARE_NOT: [string, Partial<Insight>][] = [
  ["lost", { quality: "LOST" }],
  ["in the pits", { mode: "PIT" }],
  ["under caution", { flag: "YELLOW" }],
  ["not sure", { economy5Sd: 0.3 }],
  ["out", { mode: "OFF" }],
];

describe("requests", () => {
  test.each([
    ["an address", "?a=24&preview&b=07", ["a", "b"], "a=24&b=07"],
    ["in whatever order", "b=07&a=24", ["a", "b"], "a=24&b=07"],
    ["JSON", '{"a":"24","b":7,"f0":"x"}', ["a", "b"], "a=24&b=7"],
    ["a car alone", "07", ["car"], "car=07"],
    ["a car alone that looks like JSON", "7", ["car"], "car=7"],
    ["nothing that the graphic knows", "x=1", ["car"], ""],
  ])("%s", (_, data, keys, expected) => expect(askOf(partsOf(data), keys).toString()).toBe(expected));
});

describe("single", () => {
  test("is of one car, by number", () => {
    expect(see(SINGLE, "car=03", field())).toMatchObject({ enters: true, shown: { number: "03" } });
    expect(see(SINGLE, "car=99", field())).toBeUndefined();
  });
});

describe("head to head", () => {
  test("shows both, and who gets more", () => {
    const drawn = draw(HEAD_TO_HEAD, "a=08&b=01", field());
    expect(drawn).toContain(">0.7<");
    expect(drawn).toContain("more for the 01");
  });

  test("a difference that is not sure is not shown", () => {
    const drawn = draw(HEAD_TO_HEAD, "a=01&b=02", field());
    expect(drawn).toContain("too close<br/>to call");
    expect(drawn).not.toContain("more for");
  });

  test.each(ARE_NOT)("is nothing while either car is %s", (_, changes) => {
    expect(see(HEAD_TO_HEAD, "a=01&b=08", field({ "01": changes }))).toBeUndefined();
    expect(see(HEAD_TO_HEAD, "a=01&b=08", field({ "08": changes }))).toBeUndefined();
  });

  test("with one stale side may stay but not enter", () => {
    expect(see(HEAD_TO_HEAD, "a=01&b=08", field({ "08": { quality: "STALE" } }))?.enters).toBe(false);
  });

  test("a car has no difference to itself", () => {
    expect(see(HEAD_TO_HEAD, "a=01&b=01", field())).toBeUndefined();
  });
});

describe("strip", () => {
  const rows = (address: string, live: Live) => see(STRIP, address, live)?.shown.rows.map(({ number }) => number);

  test.each([
    ["the first ten", "top", ["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"]],
    ["the first n", "top&n=3", ["01", "02", "03"]],
    ["a window that follows a car", "car=10&n=5", ["08", "09", "10", "11", "12"]],
    ["the cars that are named, in running order, unknown ones left out", "cars=12,03,99", ["03", "12"]],
  ])("%s", (_, address, expected) => expect(rows(address, field())).toEqual(expected));

  test("no more than sixteen rows, and no number of rows that is none", () => {
    expect(rows("n=40", field())).toHaveLength(16);
    expect(rows("n=0", field())).toHaveLength(10);
  });

  test("a row of which nothing may be shown stays, with a dash", () => {
    const live = field({ "02": { economy5Sd: 0.3 } });
    expect(rows("top&n=3", live)).toEqual(["01", "02", "03"]);
    expect(draw(STRIP, "top&n=3", live).match(/–</g)).toHaveLength(1);
  });

  test("lost and retired cars are dropped", () => {
    expect(rows("top&n=3", field({ "01": { mode: "OFF" }, "02": { quality: "LOST" } }))).toEqual(["03", "04", "05"]);
  });

  test("a car that was lost does not come back before the next take", () => {
    const before = see(STRIP, "top&n=3", field({ "02": { quality: "LOST" } }))?.shown;
    expect(see(STRIP, "top&n=3", field(), before)?.shown.rows.map((row) => row.number)).toEqual(["01", "03", "04"]);
    expect(rows("top&n=3", field())).toEqual(["01", "02", "03"]);
  });

  test("two of one family name are kept apart by their initials", () => {
    const called = (number: string, driver: string) => car({ vehicleId: `v${number}`, number, driver });
    const cars = [called("01", "Ada Abbott"), called("02", "Ike Abbott"), called("03", "Kit Carver")];
    const live = meet(field({}, 3), session({ cars }));
    expect([...(see(STRIP, "top", live)?.shown.names.values() ?? [])]).toEqual(["A. Abbott", "I. Abbott", "Carver"]);
  });

  test("is nothing without the car that it follows, under caution, and in silence", () => {
    expect(see(STRIP, "car=04", field({ "04": { quality: "LOST" } }))).toBeUndefined();
    const yellow = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [String(i + 1).padStart(2, "0"), { flag: "YELLOW" } as const]),
    );
    expect(see(STRIP, "top", field(yellow))).toBeUndefined();
    expect(see(STRIP, "top", tick(field(), 2_500))?.enters).toBe(false);
    expect(see(STRIP, "top", tick(field(), 10_500))).toBeUndefined();
  });
});
