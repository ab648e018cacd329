/** The race by lap: how far it is, its stages, the laps under caution and red, and the stops of one car. */

import { linear, ticks } from "../core/scale";
import type { Shade } from "../core/timeline";

interface Props {
  readonly width: number;
  readonly laps: number;
  /** Laps done by the leader. */
  readonly done: number;
  readonly stages: readonly number[];
  readonly shades: readonly Shade[];
  /** Laps on which a car stopped. */
  readonly stops: readonly number[];
}

const TOP = 22;
const TALL = 14;

export function RaceLine({ width, laps, done, stages, shades, stops }: Props) {
  const x = linear({ lo: 0, hi: laps }, 0, width);
  return (
    <svg className="race-line" width={width} height={57} aria-hidden="true">
      <rect y={TOP} width={width} height={TALL} fill="var(--raised)" />
      <rect y={TOP} width={x(done)} height={TALL} fill="var(--rule)" />
      {shades.map((shade) => (
        <Shaded key={`${shade.kind}${shade.lo}`} kind={shade.kind} from={x(shade.lo)} to={x(shade.hi)} />
      ))}
      {stages.map((lap, i) => (
        <g key={lap}>
          <path d={`M${x(lap)} 16V42`} stroke="var(--quiet)" strokeWidth={1.5} />
          <text x={x(lap)} y={13} className="tick-text">
            stage {i + 1}
          </text>
        </g>
      ))}
      {ticks({ lo: 0, hi: laps }, 10).map((lap) => (
        <text key={lap} x={x(lap)} y={55} className="tick-text">
          {lap}
        </text>
      ))}
      {stops.map((lap) => (
        <path key={lap} d={`M${x(lap)} 36.5l5 7.5h-10z`} fill="var(--ink)" />
      ))}
      <path d={`M${x(done)} 12V42`} stroke="var(--ink)" strokeWidth={3} />
    </svg>
  );
}

/** A caution is solid, a red flag a frame, as the blocks of their words are. */
function Shaded({ kind, from, to }: { kind: Shade["kind"]; from: number; to: number }) {
  const width = Math.max(2, to - from);
  if (kind === "caution") return <rect x={from} y={TOP} width={width} height={TALL} fill="var(--caution)" fillOpacity={0.85} />;
  return (
    <rect
      x={from + 1}
      y={TOP + 1}
      width={Math.max(1, width - 2)}
      height={TALL - 2}
      fill="none"
      stroke="var(--red-flag)"
      strokeWidth={2}
    />
  );
}
