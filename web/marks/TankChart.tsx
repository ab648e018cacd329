/** Fuel in the tank through the race, and where it is going. Shaded: the four in five range. */

import type { Side } from "../core/bar";
import type { Range } from "../core/range";
import { linear, type Scale, ticks } from "../core/scale";
import type { Level, TankPath } from "../core/tank";
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
  const lapDomain = { lo: 0, hi: Math.ceil(Math.max(laps ?? 0, dry?.hi ?? now.laps)) };
  const full = unit.of(tank ?? first.range.hi);
  const x = linear(lapDomain, LEFT, width - 8);
  const base = height - FOOT;
  const y = linear({ lo: 0, hi: full }, base, TOP);
  const level = (gal: number) => y(Math.min(full, unit.of(Math.max(0, gal))));
  const levels = [...past, now];
  const line = (of: (level: Level) => number) => levels.map((l) => `${x(l.laps).toFixed(1)},${level(of(l)).toFixed(1)}`);
  return (
    <Chart
      width={width}
      height={height}
      label={`${unit.label} in the tank`}
      xTicks={ticks(lapDomain, 10).map((lap) => ({ at: x(lap), label: String(lap) }))}
      yTicks={ticks({ lo: 0, hi: full }, 4).map((value) => ({ at: y(value), label: String(value) }))}
    >
      <polygon points={[...line((l) => l.range.hi), ...line((l) => l.range.lo).reverse()].join(" ")} fill="var(--rule)" />
      <polyline points={line(middle).join(" ")} fill="none" stroke="var(--text)" strokeWidth={2} />
      {dry !== null && <Fan now={now} dry={dry} x={x} level={level} base={base} tone={tone} />}
      <path d={`M${x(now.laps)} ${TOP}V${base}`} stroke="var(--ink)" strokeWidth={2} />
      <text x={x(now.laps) + 8} y={TOP + 12} className="tick-text start">
        now
      </text>
      {laps !== null && laps <= lapDomain.hi && (
        <g>
          <path d={`M${x(laps)} ${TOP}V${base}`} stroke="var(--quiet)" strokeDasharray="2 3" />
          <text x={x(laps) - 6} y={TOP + 12} className="tick-text end">
            flag
          </text>
        </g>
      )}
    </Chart>
  );
}

interface FanProps extends Pick<TankPath, "now"> {
  readonly dry: Range;
  readonly x: Scale;
  readonly level: Scale;
  readonly base: number;
  readonly tone: Side;
}

/** From the whole range of the tank to the whole range of running dry. */
function Fan({ now, dry, x, level, base, tone }: FanProps) {
  const { lo, hi } = now.range;
  return (
    <g>
      <polygon
        points={`${x(now.laps)},${level(hi)} ${x(dry.hi)},${base} ${x(dry.lo)},${base} ${x(now.laps)},${level(lo)}`}
        fill={`var(--${tone}-dim)`}
      />
      <path
        d={`M${x(now.laps)} ${level(middle(now))}L${x((dry.lo + dry.hi) / 2)} ${base}`}
        stroke={`var(--${tone})`}
        strokeWidth={2}
        strokeDasharray="6 4"
      />
    </g>
  );
}

const middle = ({ range }: Level): number => (range.lo + range.hi) / 2;
