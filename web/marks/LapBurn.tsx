/** Burn around the lap: a car's line over the field's, the room between them in the colour of its side. */

import { lapParts, type Part } from "../core/profile";
import { linear, type Scale } from "../core/scale";
import { Chart, LEFT, TOP } from "./Chart";

interface Props {
  readonly width: number;
  readonly height: number;
  readonly parts: readonly number[];
  readonly field: readonly number[] | null;
}

const FOOT = 22;
const PLACES = ["the line", "¼ of the lap", "½", "¾", "and again"];
/** Least height of the axis, percent of the mean. */
const LEAST_TOP = 150;

export function LapBurn({ width, height, parts, field }: Props) {
  const lap = lapParts(parts, field);
  const top = Math.max(LEAST_TOP, ...lap.flatMap((part) => [part.car, part.field ?? 0])) * 1.04;
  const x = linear({ lo: 0, hi: lap.length }, LEFT, width - 8);
  const y = linear({ lo: 0, hi: top }, height - FOOT, TOP);
  return (
    <Chart
      width={width}
      height={height}
      label="Burn around the lap, percent of the mean"
      xTicks={PLACES.map((label, i) => ({ at: x((i * lap.length) / (PLACES.length - 1)), label }))}
      yTicks={[0, 50, 100, 150].filter((pct) => pct <= top).map((pct) => ({ at: y(pct), label: `${pct} %` }))}
    >
      {lap.map((part, i) => (
        <Between key={i} part={part} from={x(i)} to={x(i + 1)} y={y} />
      ))}
      <path
        d={steps(
          lap.map((part) => part.field),
          x,
          y,
        )}
        fill="none"
        stroke="var(--quiet)"
        strokeWidth={1.5}
      />
      <path
        d={steps(
          lap.map((part) => part.car),
          x,
          y,
        )}
        fill="none"
        stroke="var(--ink)"
        strokeWidth={2}
      />
    </Chart>
  );
}

function Between({ part, from, to, y }: { part: Part; from: number; to: number; y: Scale }) {
  if (part.field === null || part.side === "even") return null;
  const upper = y(Math.max(part.car, part.field));
  return (
    <rect
      x={from}
      y={upper}
      width={to - from}
      height={y(Math.min(part.car, part.field)) - upper}
      fill={`var(--${part.side})`}
      fillOpacity={0.75}
    />
  );
}

/** A step a part; no line where nothing is known. */
function steps(values: readonly (number | null)[], x: Scale, y: Scale): string {
  return values.map((value, i) => (value === null ? "" : `${i === 0 ? "M" : "L"}${x(i)} ${y(value)}H${x(i + 1)}`)).join("");
}
