import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { type BarView, cellsOf, needleAt } from "../core/bar";
import { AIR, type BarSize, BurnBar, ROW } from "./BurnBar";

/** Casey Brandt of the mocks: the cells and the needle that they draw. */
const live: BarView = { kind: "live", cells: cellsOf({ lo: -9.07, hi: -6.13 }, 12), needle: needleAt(-7.6, 12), ghost: -9.1 };

const draw = (view: BarView, size: BarSize, edges = false) =>
  renderToStaticMarkup(<BurnBar view={view} size={size} reach={12} median edges={edges} />);

function cells(svg: string): [number, string][] {
  return [...svg.matchAll(/class="cell"[^>]* x="([\d.]+)"[^>]* fill="([^"]+)"/g)].map((m) => [Number(m[1]), m[2] ?? ""]);
}

describe("on air, as graphic-single draws it", () => {
  const svg = draw(live, AIR, true);

  test("six solid cells from 158 to 288, three hollow from 81 to 133, 2 px of outline inside", () => {
    expect(cells(svg)).toEqual([
      [81, "var(--save-dim)"],
      [107, "var(--save-dim)"],
      [133, "var(--save-dim)"],
      ...[158, 184, 210, 236, 262, 288].map((x) => [x, "var(--save)"]),
    ]);
  });

  test("the needle on the edge of a cell, the tick at the middle, no ghost", () => {
    expect(svg).toContain("translateX(104px)");
    expect(svg).toContain('d="M312 -7V43"');
    expect(svg).not.toContain("ghost");
  });
});

describe("in a row, as board draws it", () => {
  test("the needle is exact, and the last lap is a hollow triangle", () => {
    const svg = draw(live, ROW);
    expect(svg).toContain("translateX(52.8px)");
    expect(svg).toContain('class="ghost"');
    expect(cells(svg).map(([x]) => x)).toEqual([37, 49, 61, 72.5, 84.5, 96.5, 108.5, 120.5, 132.5]);
  });

  test.each<[string, BarView, RegExp, RegExp]>([
    [
      "stale is outlines under a hatch",
      { kind: "stale", cells: cellsOf({ lo: 1, hi: 4 }, 12) },
      /stroke="var\(--hard\)".*stroke-opacity/,
      /needle|ghost/,
    ],
    [
      "resting is outlines",
      { kind: "resting", cells: cellsOf({ lo: 1, hi: 4 }, 12) },
      /stroke="var\(--hard\)"/,
      /needle|fill="var\(--hard\)"/,
    ],
    ["empty is the track", { kind: "empty" }, /var\(--raised\)/, /cell|needle/],
    ["the pit road is a dashed frame", { kind: "pit" }, /stroke-dasharray/, /var\(--raised\)/],
    ["out is a line", { kind: "out" }, /M0 5.5H288/, /var\(--raised\)|rect/],
    ["off the scale is an arrow past the end", { ...live, needle: needleAt(13, 12) }, /translateX\(288px\).*l4.4/, /^$/],
  ])("%s", (_, view, has, hasNot) => {
    const svg = draw(view, ROW);
    expect(svg).toMatch(has);
    expect(svg).not.toMatch(hasNot);
  });
});
