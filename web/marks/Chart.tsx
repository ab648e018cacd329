/** What the charts of a car share: margins, the axis of laps, and shaded cautions. */

import type { ReactNode } from "react";
import { type Scale, stretchesOf } from "../core/scale";

/** Room for the numbers at the left and for labels at the right, px. */
export const LEFT = 54;
export const TOP = 8;

interface Props {
  readonly width: number;
  readonly height: number;
  readonly xTicks: readonly { readonly at: number; readonly label: string }[];
  readonly yTicks: readonly { readonly at: number; readonly label: string }[];
  readonly children: ReactNode;
  readonly label: string;
}

/** `at` of ticks is px. Ticks of y carry a hairline. */
export function Chart({ width, height, xTicks, yTicks, children, label }: Props) {
  return (
    <svg className="chart" width={width} height={height} role="img" aria-label={label}>
      {yTicks.map(({ at, label }) => (
        <g key={label}>
          <path d={`M${LEFT} ${at}H${width}`} stroke="var(--edge)" />
          <text x={LEFT - 10} y={at + 4.5} className="tick-text end">
            {label}
          </text>
        </g>
      ))}
      {xTicks.map(({ at, label }) => (
        <text key={label} x={at} y={height - 4} className="tick-text">
          {label}
        </text>
      ))}
      {children}
    </svg>
  );
}

/** Laps under caution, shaded from line to line. */
export function Cautions({ laps, x, height }: { laps: Iterable<number>; x: Scale; height: number }) {
  return stretchesOf(laps).map(({ lo, hi }) => (
    <rect
      key={lo}
      x={x(Math.max(0, lo - 1))}
      y={TOP}
      width={x(hi) - x(Math.max(0, lo - 1))}
      height={height}
      fill="var(--caution)"
      fillOpacity={0.13}
    />
  ));
}
