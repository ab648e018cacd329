import { expect, test } from "vitest";
import { UNKNOWN_NOW } from "../core/needle";
import { MPG } from "../core/units";
import { needleOf } from "./NowMark";

/** As much of a mark as is written to. */
function mark() {
  const needle = { style: { opacity: "", transform: "" } };
  const text = { textContent: "" };
  const box = { querySelector: (which: string) => (which === ".now-needle" ? needle : text) };
  return { needle, text, box: box as unknown as HTMLElement };
}

const now = (rateGS: number | null, mpg: number | null) => ({ ...UNKNOWN_NOW, rateGS, mpg });

test("the needle moves with each slot, the number twice a second", () => {
  const { needle, text, box } = mark();
  let ms = 0;
  const move = needleOf(box, MPG, () => ms);
  move(now(22.5, 6));
  expect([needle.style.transform, text.textContent]).toEqual(["translateX(50%)", "23 g/s   6.0 mpg"]);
  ms = 400;
  move(now(36, 3.8));
  expect([needle.style.transform, text.textContent]).toEqual(["translateX(80%)", "23 g/s   6.0 mpg"]);
  ms = 500;
  move(now(36, 3.8));
  expect(text.textContent).toBe("36 g/s   3.8 mpg");
});

test("the scale ends, and what is not known any more goes at once", () => {
  const { needle, text, box } = mark();
  const move = needleOf(box, MPG, () => 0);
  move(now(60, 2));
  expect([needle.style.transform, needle.style.opacity]).toEqual(["translateX(100%)", "1"]);
  move(now(null, null));
  expect([needle.style.opacity, text.textContent]).toEqual(["0", "– g/s   – mpg"]);
});
