/** The burn bar: burn per mile against the field median. Ink is certainty. */

import "./marks.css";
import { memo } from "react";
import type { BarView, Cells, Needle, Span } from "../core/bar";
import type { Range } from "../core/range";
import { Hatch } from "./Hatch";

/** How a bar of one size is drawn, px. */
export interface BarSize {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
  readonly outline: number;
  /** Width of the needle; none where cells are too coarse to place it. */
  readonly needle: number | null;
  readonly halo: number;
  /** How far the needle passes the bar. */
  readonly past: number;
  /** Width of the ghost; none on air. */
  readonly ghost: number | null;
  /** Width of the median tick; none in rows, where one line runs through all. */
  readonly tick: number | null;
  readonly track: string;
}

const DESK = { track: "var(--raised)", tick: 2.5, outline: 2 };

export const ROW: BarSize = {
  ...DESK,
  width: 288,
  height: 11,
  gap: 1,
  outline: 1,
  needle: 3,
  halo: 5,
  past: 3,
  ghost: 8,
  tick: null,
};
export const PANEL: BarSize = { ...DESK, width: 600, height: 34, gap: 2, needle: 4, halo: 8, past: 5, ghost: 22 };
export const PAGE: BarSize = { ...DESK, width: 1210, height: 44, gap: 3, needle: 5, halo: 9, past: 6, ghost: 22 };
const ON_AIR = { outline: 2, past: 6, ghost: null, tick: 2.5, track: "var(--air-track)" };

export const AIR: BarSize = { ...ON_AIR, width: 624, height: 36, gap: 4, needle: 6, halo: 15 };
export const AIR_ROW: BarSize = { ...AIR, width: 528, height: 40 };
export const AIR_STRIP: BarSize = { ...ON_AIR, width: 96, height: 20, gap: 3, needle: null, halo: 0, past: 2 };

interface Props {
  readonly view: BarView;
  readonly size: BarSize;
  /** Cells each way. */
  readonly reach: number;
  /** Whether there is a field median to draw a tick for. */
  readonly median: boolean;
  /** The middle half of the field, percent. */
  readonly spread?: Range | null;
  /** The needle stands on the edge of a cell, as on air. */
  readonly edges?: boolean;
}

export function BurnBar({ view, size, reach, median, spread = null, edges = false }: Props) {
  const { width, height, past } = size;
  const x = (cells: number) => Math.round((width / 2 + (cells * width) / (2 * reach)) * 10) / 10;
  return (
    <svg className="burn-bar" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {view.kind === "out" && <path d={`M0 ${height / 2}H${width}`} stroke="var(--rule)" strokeWidth={1.5} />}
      {view.kind === "pit" && <PitFrame size={size} />}
      {view.kind !== "out" && view.kind !== "pit" && <Track size={size} reach={reach} />}
      {spread !== null && <path d={`M${x(spread.lo)} ${height + past}H${x(spread.hi)}`} stroke="var(--faint)" strokeWidth={3} />}
      {"cells" in view && view.cells !== null && (
        <CellRow cells={view.cells} size={size} reach={reach} outlines={view.kind !== "live"} />
      )}
      {median && size.tick !== null && view.kind !== "out" && (
        <path
          className="tick"
          d={`M${width / 2} ${-past - 1}V${height + past + 1}`}
          stroke="var(--quiet)"
          strokeWidth={size.tick}
        />
      )}
      {view.kind === "live" && view.ghost !== null && size.ghost !== null && (
        <Ghost at={x(Math.max(-reach, Math.min(reach, view.ghost)))} width={size.ghost} />
      )}
      {view.kind === "live" && size.needle !== null && (
        <NeedleMark needle={view.needle} x={x} size={size} width={size.needle} edges={edges} />
      )}
      {view.kind === "stale" && <Hatch width={width} height={height} />}
    </svg>
  );
}

const Track = memo(function Track({ size: { width, height, gap, track }, reach }: { size: BarSize; reach: number }) {
  const cell = width / (2 * reach);
  const inner = cell - gap;
  let d = "";
  for (let i = 0; i < 2 * reach; i += 1) d += `M${i * cell + gap / 2} 0h${inner}v${height}h${-inner}z`;
  return <path d={d} fill={track} />;
});

interface CellsProps {
  readonly cells: Cells;
  readonly size: BarSize;
  readonly reach: number;
  /** What was sure is drawn as an outline too: it is not of now. */
  readonly outlines: boolean;
}

/** Boards come more often than cells change. */
const CellRow = memo(function CellRow({ cells, size, reach, outlines }: CellsProps) {
  const { side, solid, hollow } = cells;
  const cell = size.width / (2 * reach);
  const lit = [];
  for (let i = Math.min(solid.from, hollow.from); i < Math.max(solid.to, hollow.to); i += 1) {
    const sure = i >= solid.from && i < solid.to;
    const inset = sure && !outlines ? 0 : size.outline / 2;
    lit.push(
      <rect
        key={i}
        className="cell"
        style={{ "--out": i < 0 ? -i - 1 : i }}
        x={size.width / 2 + i * cell + size.gap / 2 + inset}
        y={inset}
        width={cell - size.gap - 2 * inset}
        height={size.height - 2 * inset}
        fill={sure && !outlines ? `var(--${side})` : sure || !outlines ? `var(--${side}-dim)` : "none"}
        stroke={sure && !outlines ? "none" : `var(--${side})`}
        strokeWidth={size.outline}
      />,
    );
  }
  return <g>{lit}</g>;
}, sameCells);

function sameCells(a: CellsProps, b: CellsProps): boolean {
  const same = (one: Span, other: Span) => one.from === other.from && one.to === other.to;
  const drawn = a.cells.side === b.cells.side && same(a.cells.solid, b.cells.solid) && same(a.cells.hollow, b.cells.hollow);
  return drawn && a.size === b.size && a.reach === b.reach && a.outlines === b.outlines;
}

interface NeedleProps {
  readonly needle: Needle;
  readonly x: (cells: number) => number;
  readonly size: BarSize;
  readonly width: number;
  readonly edges: boolean;
}

function NeedleMark({ needle, x, size: { height, past, halo }, width, edges }: NeedleProps) {
  const line = `M0 ${-past}V${height + past}`;
  const arm = height * 0.4;
  return (
    <g className="needle" style={{ transform: `translateX(${x(edges ? Math.round(needle.at) : needle.at)}px)` }}>
      <path d={line} stroke="var(--ground)" strokeWidth={halo} />
      <path d={line} stroke="var(--ink)" strokeWidth={width} />
      {needle.off !== 0 && (
        <path
          d={`M${needle.off * (width + 1)} ${height / 2 - arm}l${needle.off * arm} ${arm}l${-needle.off * arm} ${arm}`}
          fill="none"
          stroke="var(--ink)"
          strokeWidth={2}
        />
      )}
    </g>
  );
}

/** The last lap: a hollow triangle above the bar. */
function Ghost({ at, width }: { at: number; width: number }) {
  const tall = width * 0.627;
  return (
    <path
      className="ghost"
      style={{ transform: `translate(${at}px, -2px)` }}
      d={`M${-width / 2} ${-tall}h${width}L0 0z`}
      fill="var(--ground)"
      stroke="var(--text)"
      strokeWidth={width > 10 ? 2 : 1.2}
    />
  );
}

function PitFrame({ size: { width, height } }: { size: BarSize }) {
  return (
    <rect
      x={0.75}
      y={0.75}
      width={width - 1.5}
      height={height - 1.5}
      fill="none"
      stroke="var(--quiet)"
      strokeWidth={1.5}
      strokeDasharray="3 4"
    />
  );
}
