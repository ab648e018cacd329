/** Fuel in the tank through this run, and where it is going. Shaded: the four in five range. */

import type { Side } from "../core/bar";
import { linear, ticks } from "../core/scale";
import type { Level, TankPath } from "../core/trend";
import type { Unit } from "../core/units";
import { Chart, LEFT, TOP } from "./Chart";

interface Props {
  readonly width: number;
  readonly height: number;
  readonly path: TankPath;
  /** Gallons a full tank holds. */
  readonly tank: number | null;
  /** Laps of the race. */
  readonly laps: number | null;
  readonly unit: Unit;
  /** Whether it makes the end: blue if the whole range does, orange if none of it, else grey. */
  readonly tone: Side;
}

const FOOT = 22;

export function TankChart({ width, height, path, tank, laps, unit, tone }: Props) {
  const { past, now, dry } = path;
  const first = past[0] ?? now;
  const lapDomain = { lo: Math.floor(first.laps), hi: Math.ceil(Math.max(dry.hi, Math.min(laps ?? 0, dry.hi + 10))) };
  const full = unit.of(tank ?? first.range.hi);
  const x = linear(lapDomain, LEFT, width - 8);
  const base = height - FOOT;
  const y = linear({ lo: 0, hi: full }, base, TOP);
  const level = (gal: number) => y(unit.of(Math.max(0, gal)));
  const levels = [...past, now];
  const line = (of: (level: Level) => number) => levels.map((l) => `${x(l.laps).toFixed(1)},${level(of(l)).toFixed(1)}`);
  const middle = (l: Level) => (l.range.lo + l.range.hi) / 2;
  return (
    <Chart
      width={width}
      height={height}
      label={`${unit.label} in the tank, this run`}
      xTicks={ticks(lapDomain, 10).map((lap) => ({ at: x(lap), label: String(lap) }))}
      yTicks={ticks({ lo: 0, hi: full }, 4).map((value) => ({ at: y(value), label: String(value) }))}
    >
      <polygon points={[...line((l) => l.range.hi), ...line((l) => l.range.lo).reverse()].join(" ")} fill="var(--rule)" />
      <polyline points={line(middle).join(" ")} fill="none" stroke="var(--text)" strokeWidth={2} />
      <polygon
        points={`${x(now.laps)},${level(now.range.hi)} ${x(dry.hi)},${base} ${x(dry.lo)},${base} ${x(now.laps)},${level(now.range.lo)}`}
        fill={`var(--${tone}-dim)`}
      />
      <path
        d={`M${x(now.laps)} ${level(middle(now))}L${x((dry.lo + dry.hi) / 2)} ${base}`}
        stroke={`var(--${tone})`}
        strokeWidth={2}
        strokeDasharray="6 4"
      />
      <path d={`M${x(now.laps)} ${TOP}V${base}`} stroke="var(--ink)" strokeWidth={2} />
      <text x={x(now.laps) + 8} y={TOP + 12} className="tick-text start">now</text>
      {laps !== null && laps <= lapDomain.hi && (
        <g>
          <path d={`M${x(laps)} ${TOP}V${base}`} stroke="var(--quiet)" strokeDasharray="2 3" />
          <text x={x(laps) + 6} y={TOP + 12} className="tick-text start">flag</text>
        </g>
      )}
    </Chart>
  );
}
