/** The race by lap: how far it is, its stages, and the laps run under caution. */

import { linear, runsOf, ticks } from "../core/scale";

interface Props {
  readonly width: number;
  readonly laps: number;
  /** Laps done by the leader. */
  readonly done: number;
  readonly stages: readonly number[];
  readonly cautions: ReadonlySet<number>;
}

export function RaceLine({ width, laps, done, stages, cautions }: Props) {
  const x = linear({ lo: 0, hi: laps }, 0, width);
  return (
    <svg className="race-line" width={width} height={57} aria-hidden="true">
      <rect y={22} width={width} height={14} fill="var(--raised)" />
      <rect y={22} width={x(done)} height={14} fill="var(--rule)" />
      {runsOf(cautions).map(({ lo, hi }) => (
        <rect key={lo} x={x(lo - 1)} y={22} width={x(hi - lo + 1)} height={14} fill="var(--caution)" fillOpacity={0.85} />
      ))}
      {stages.map((lap, i) => (
        <g key={lap}>
          <path d={`M${x(lap)} 16V42`} stroke="var(--quiet)" strokeWidth={1.5} />
          <text x={x(lap)} y={13} className="tick-text">stage {i + 1}</text>
        </g>
      ))}
      {ticks({ lo: 0, hi: laps }, 10).map((lap) => (
        <text key={lap} x={x(lap)} y={52} className="tick-text">{lap}</text>
      ))}
      <path d={`M${x(done)} 12V42`} stroke="var(--ink)" strokeWidth={3} />
    </svg>
  );
}
