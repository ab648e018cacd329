import { describe, expect, test } from "vitest";
import { session } from "./examples";
import { amount, span } from "./format";
import { MPG, unitSystems } from "./units";

const system = (label: string) => unitSystems(session()).find((units) => units.economy.label === label)!;

describe("unit systems", () => {
  test("are four, fewer where the session does not say enough", () => {
    const labels = (s: Parameters<typeof unitSystems>[0]) => unitSystems(s).map((units) => units.economy.label);
    expect(labels(session())).toEqual(["mpg", "L/100 km", "gal/lap", "kg/lap"]);
    expect(labels(session({ tankKg: null }))).toEqual(["mpg", "L/100 km", "gal/lap"]);
    expect(labels(session({ trackLengthM: null }))).toEqual(["mpg", "L/100 km"]);
    expect(labels(null)).toEqual(["mpg", "L/100 km"]);
  });

  test("convert by definition", () => {
    // 235.214583 / mpg (NIST Handbook 44); a lap of 1.5 miles at 5 mpg is 0.3 gal; 56 kg fill 20 gal.
    expect(system("L/100 km").economy.of(4.6)).toBeCloseTo(51.1336, 4);
    expect(system("gal/lap").economy.of(5)).toBeCloseTo(0.3, 12);
    expect(system("kg/lap").economy.of(5)).toBeCloseTo(0.84, 12);
    expect(system("L/100 km").fuel.of(18)).toBeCloseTo(68.1374, 4);
    expect(system("kg/lap").fuel.of(10)).toBeCloseTo(28, 12);
    // 28 g/s are 1.68 kg a minute, of which 2.8 fill a gallon.
    expect(system("mpg").rate.of(28)).toBeCloseTo(0.6, 12);
    expect(system("L/100 km").rate.of(28)).toBeCloseTo(2.2712, 4);
    expect(system("kg/lap").rate.of(28)).toBe(28);
    expect(MPG.rate.label).toBe("g/s");
  });

  test("turn a range round where less is better, and still show it low to high", () => {
    expect(span({ lo: 4.9, hi: 5.1 }, system("L/100 km").economy)).toBe("46–49");
    expect(amount(4.6, system("L/100 km").economy)).toBe("51");
    expect(amount(4.6, MPG.economy)).toBe("4.6");
  });
});
