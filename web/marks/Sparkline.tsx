/** The last laps of a car against the field: up burns less. */

import { memo } from "react";
import type { Side } from "../core/bar";
import { TREND_LAPS } from "../core/history";

const WIDTH = 72;
const HEIGHT = 17;
/** Percent from the median to the edge. */
const EDGE_PCT = 9;

export const Sparkline = memo(function Sparkline({ pcts, side }: { pcts: readonly number[]; side: Side }) {
  const x = (i: number) => 1.5 + ((i + TREND_LAPS - pcts.length) * (WIDTH - 5)) / (TREND_LAPS - 1);
  const y = (pct: number) => HEIGHT / 2 + (Math.max(-EDGE_PCT, Math.min(EDGE_PCT, pct)) / EDGE_PCT) * (HEIGHT / 2 - 0.5);
  const last = pcts.at(-1);
  return (
    <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={`M0 ${HEIGHT / 2}H${WIDTH}`} stroke="var(--rule)" />
      <polyline
        points={pcts.map((pct, i) => `${x(i).toFixed(1)},${y(pct).toFixed(1)}`).join(" ")}
        fill="none"
        stroke="var(--quiet)"
        strokeWidth={1.3}
      />
      {last !== undefined && <circle cx={x(pcts.length - 1)} cy={y(last)} r={2.2} fill={`var(--${side})`} />}
    </svg>
  );
});
