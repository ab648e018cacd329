/** Economy of each green lap over the race: a gap in the line is a gap. Up burns less in every unit. */

import { amount } from "../core/format";
import type { FieldBand, History } from "../core/history";
import type { Range } from "../core/range";
import { decimals, extent, linear, type Scale, stretchesOf, ticks } from "../core/scale";
import type { LapPoint } from "../core/trend";
import type { Unit } from "../core/units";
import { Cautions, Chart, LEFT, TOP } from "./Chart";

interface Props {
  readonly width: number;
  readonly height: number;
  readonly points: readonly LapPoint[];
  readonly history: History;
  /** Laps on which the car stopped. */
  readonly stops: readonly number[];
  /** Laps of the race. */
  readonly laps: number;
  readonly unit: Unit;
}

const FOOT = 22;
const LABELS_WIDTH = 140;
/** The axis is at least so many steps of its unit high, so that noise does not fill it. */
const LEAST_STEPS = 10;

export function TrendChart({ width, height, points, history, stops, laps, unit }: Props) {
  const green = points.filter((point) => point.clean);
  const domain = domainOf(green, history, unit);
  const plot = height - TOP - FOOT;
  const x = linear({ lo: 0, hi: laps }, LEFT, width - 8);
  const up = unit.of(1) < unit.of(2);
  const y = linear(domain, up ? TOP + plot : TOP, up ? TOP : TOP + plot);
  const at = ticks(domain, 6);
  return (
    <Chart
      width={width}
      height={height}
      label={`${unit.label} of each green lap`}
      xTicks={ticks({ lo: 0, hi: laps }, 10).map((lap) => ({ at: x(lap), label: String(lap) }))}
      yTicks={at.map((value) => ({ at: y(value), label: value.toFixed(decimals(at)) }))}
    >
      <Cautions laps={history.cautions} x={x} height={plot} />
      <Band history={history} x={x} y={(mpg) => y(unit.of(mpg))} />
      {stops.map((lap) => (
        <g key={lap}>
          <path d={`M${x(lap)} ${TOP}v${plot}`} stroke="var(--quiet)" strokeDasharray="2 3" />
          <text x={x(lap) - 4} y={TOP + 12} className="tick-text end">
            stop {lap}
          </text>
        </g>
      ))}
      {green.map((point) => (
        <Dot key={point.lap} point={point} x={x(point.lap)} y={(mpg) => y(unit.of(mpg))} />
      ))}
      {x(laps) - x(points.at(-1)?.lap ?? 0) > LABELS_WIDTH && (
        <Labels points={points} history={history} x={x} y={y} unit={unit} />
      )}
    </Chart>
  );
}

function Dot({ point: { mpg, range, side }, x, y }: { point: LapPoint; x: number; y: Scale }) {
  if (mpg === null || range === null) return null;
  return (
    <g>
      <path d={`M${x} ${y(range.lo)}V${y(range.hi)}`} stroke={`var(--${side})`} strokeOpacity={0.5} strokeWidth={1.5} />
      <circle cx={x} cy={y(mpg)} r={2.6} fill={`var(--${side})`} />
    </g>
  );
}

/** What the newest dot and the band are, where there is room at their right. */
function Labels({ points, history, x, y, unit }: Pick<Props, "points" | "history" | "unit"> & { x: Scale; y: Scale }) {
  const last = points.at(-1);
  const band = last && history.bands.get(last.lap);
  if (last?.mpg == null || !last.clean) return null;
  const at = x(last.lap) + 14;
  const lastY = y(unit.of(last.mpg)) + 5;
  const bandY = band === undefined ? lastY : y(unit.of(band.median)) + 5;
  return (
    <g>
      <text x={at} y={lastY} className={`chart-label ${last.side}`}>
        lap {last.lap}, {amount(last.mpg, unit)}
      </text>
      {Math.abs(bandY - lastY) > 16 && (
        <text x={at} y={bandY} className="chart-label">
          field, middle half
        </text>
      )}
    </g>
  );
}

/** The middle half of the field, lap by lap, and its median; broken where laps are missing. */
function Band({ history, x, y }: { history: History; x: Scale; y: Scale }) {
  return stretchesOf(history.bands.keys()).map((stretch) => {
    const bands = [...history.bands].filter(([lap]) => lap >= stretch.lo && lap <= stretch.hi).sort(([a], [b]) => a - b);
    const line = (of: (band: FieldBand) => number) =>
      bands.map(([lap, band]) => `${x(lap).toFixed(1)},${y(of(band)).toFixed(1)}`);
    return (
      <g key={stretch.lo}>
        <polygon points={[...line((b) => b.hi), ...line((b) => b.lo).reverse()].join(" ")} fill="var(--edge)" />
        <polyline points={line((b) => b.median).join(" ")} fill="none" stroke="var(--quiet)" strokeWidth={1.5} />
      </g>
    );
  });
}

function domainOf(green: readonly LapPoint[], history: History, unit: Unit): Range {
  const mpg = [
    ...green.flatMap(({ range }) => (range === null ? [] : [range.lo, range.hi])),
    ...[...history.bands.values()].flatMap((band) => [band.lo, band.hi]),
  ];
  const own = extent(mpg.map(unit.of)) ?? { lo: 0, hi: 0 };
  const room = Math.max((own.hi - own.lo) * 0.06, (LEAST_STEPS * unit.step - (own.hi - own.lo)) / 2);
  return { lo: own.lo - room, hi: own.hi + room };
}
