/** The geometry of the burn bar, in cells of 1 % counted from the field median: negative burns less. */

import type { Range } from "./range";

export type Side = "save" | "even" | "hard";

/** Whole cells between two edges, `from <= to`; empty where they are equal. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Solid where we are nine in ten sure, hollow where it could be. */
export interface Cells {
  readonly side: Side;
  readonly solid: Span;
  readonly hollow: Span;
}

/** What is drawn in the place of the bar. */
export type BarView =
  | { readonly kind: "live"; readonly cells: Cells; readonly needle: Needle; readonly ghost: number | null }
  /** The last green cells, as outlines, under caution or red. */
  | { readonly kind: "resting"; readonly cells: Cells }
  /** The last cells, as outlines, under a hatch; no cells if there were none. */
  | { readonly kind: "stale"; readonly cells: Cells | null }
  | { readonly kind: "empty" }
  | { readonly kind: "pit" }
  | { readonly kind: "out" };

/** Where the needle stands; `off` is the end it would have passed. */
export interface Needle {
  readonly at: number;
  readonly off: -1 | 0 | 1;
}

/** A cell switches only when its bound has crossed by this much, in cells. */
const SLACK = 0.25;

/** Cells each way; a package below this power is a superspeedway's, where drafting spreads the field wider. */
const SUPERSPEEDWAY_BELOW_HP = 600;

/** Cells each way for a track, never changed in a race. */
export function reachOf(packageHp: number | null): number {
  return packageHp !== null && packageHp < SUPERSPEEDWAY_BELOW_HP ? 20 : 12;
}

/** The cells of an 80 % range in percent, given those drawn before, from which a bound moves only past its slack. */
export function cellsOf(range: Range, reach: number, before?: Cells): Cells {
  const slack = before === undefined ? 0 : before.side === "even" ? SLACK : -SLACK;
  if (range.lo < slack && range.hi > -slack) return evenCells(range, reach, before);
  const sign = range.lo + range.hi < 0 ? -1 : 1;
  const drawn = before !== undefined && sideOf(sign) === before.side ? before : undefined;
  const near = Math.max(0, sign < 0 ? -range.hi : range.lo);
  const far = sign < 0 ? -range.lo : range.hi;
  const solid = clamp(settle(near, Math.floor, drawn && width(drawn.solid)), 0, reach);
  const outer = settle(far, Math.round, drawn && width(drawn.solid) + width(drawn.hollow));
  const end = clamp(outer, Math.min(solid + 1, reach), reach);
  return { side: sideOf(sign), solid: outward(sign, 0, solid), hollow: outward(sign, solid, end) };
}

/** The needle of a mean in percent, held at the end of the scale. */
export function needleAt(meanPct: number, reach: number): Needle {
  return { at: clamp(meanPct, -reach, reach), off: meanPct > reach ? 1 : meanPct < -reach ? -1 : 0 };
}

/** The side that is drawn, whatever its certainty; grey where there is none. */
export function barSide(view: BarView): Side {
  return "cells" in view && view.cells !== null ? view.cells.side : "even";
}

/** The same cells with nothing sure. */
export function hollowed(cells: Cells): Cells {
  const from = Math.min(cells.solid.from, cells.hollow.from);
  return {
    side: cells.side,
    solid: { from, to: from },
    hollow: { from, to: Math.max(cells.solid.to, cells.hollow.to) },
  };
}

/** The same in cells of `by` %: solid rounds toward the field again, hollow to nearest and to at least one cell. */
export function coarse({ side, solid, hollow }: Cells, by: number, reach: number): Cells {
  const lo = Math.min(solid.from, hollow.from) / by;
  const hi = Math.max(solid.to, hollow.to) / by;
  const sure = width(solid) / by;
  if (side === "even") return cellsOf({ lo, hi }, reach);
  return cellsOf(side === "save" ? { lo, hi: -sure } : { lo: sure, hi }, reach);
}

/** A view in coarse cells. */
export function coarseView(view: BarView, by: number, reach: number): BarView {
  if (!("cells" in view) || view.cells === null) return view;
  return { ...view, cells: coarse(view.cells, by, reach) };
}

function evenCells(range: Range, reach: number, before?: Cells): Cells {
  const drawn = before?.side === "even" ? before.hollow : undefined;
  let from = clamp(settle(range.lo, Math.round, drawn?.from), -reach, reach);
  let to = clamp(settle(range.hi, Math.round, drawn?.to), -reach, reach);
  if (from === to) {
    from = clamp(Math.floor((range.lo + range.hi) / 2), -reach, reach - 1);
    to = from + 1;
  }
  return { side: "even", solid: { from: 0, to: 0 }, hollow: { from, to } };
}

/** Rounds, but leaves `before` only once `exact` has crossed the rounding point by the slack. */
function settle(exact: number, round: (x: number) => number, before?: number): number {
  const next = round(exact);
  if (before === undefined) return next;
  if (next > before) return Math.max(before, round(exact - SLACK));
  return Math.min(before, round(exact + SLACK));
}

function outward(sign: number, from: number, to: number): Span {
  return sign < 0 ? { from: -to || 0, to: -from || 0 } : { from, to };
}

const sideOf = (sign: number): Side => (sign < 0 ? "save" : "hard");
const width = (span: Span): number => span.to - span.from;
const clamp = (x: number, lo: number, hi: number): number => Math.min(hi, Math.max(lo, x));
