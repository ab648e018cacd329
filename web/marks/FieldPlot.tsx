/** Every car as its number on one axis, stacked where they meet. */

import type { Range } from "../core/range";
import type { Word } from "../core/reading";
import { linear, rows } from "../core/scale";

export interface Dot {
  readonly key: string;
  readonly number: string;
  readonly at: number;
  readonly tone: Word["tone"];
  readonly boxed: boolean;
}

interface Props {
  readonly dots: readonly Dot[];
  readonly domain: Range;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
  /** Where the rule through the plot stands. */
  readonly rule: number | null;
  readonly height: number;
}

const WIDTH = 600;
const MARGIN = 14;
const FOOT = 24;
const TEXT = 24;

export function FieldPlot({ dots, domain, ticks, rule, height }: Props) {
  const scale = linear(domain, MARGIN, WIDTH - MARGIN);
  const x = (at: number) => scale(Math.max(domain.lo, Math.min(domain.hi, at)));
  const base = height - FOOT;
  const row = rows(
    dots.map((dot) => x(dot.at)),
    TEXT,
  );
  const pitch = Math.min(18, (base - 26) / Math.max(1, ...row));
  return (
    <svg className="field-plot" width={WIDTH} height={height} aria-hidden="true">
      <path d={`M0 ${base}H${WIDTH}`} stroke="var(--rule)" />
      {rule !== null && <path d={`M${x(rule)} 4V${base}`} stroke="var(--quiet)" strokeWidth={1.5} />}
      {ticks.map(({ at, label }) => (
        <g key={at}>
          <path d={`M${x(at)} ${base}v5`} stroke="var(--quiet)" />
          <text x={x(at)} y={height - 5} className="tick-text">
            {label}
          </text>
        </g>
      ))}
      {dots.map((dot, i) => (
        <NumberMark key={dot.key} dot={dot} x={x(dot.at)} y={base - 14 - (row[i] ?? 0) * pitch} />
      ))}
    </svg>
  );
}

function NumberMark({ dot, x, y }: { dot: Dot; x: number; y: number }) {
  return (
    <g>
      {dot.boxed && (
        <rect x={x - 12} y={y - 13} width={24} height={17} fill="var(--ground)" stroke="var(--ink)" strokeWidth={1.5} />
      )}
      <text x={x} y={y} className="dot-text" fill={`var(--${dot.tone})`} fontWeight={dot.tone === "even" ? 400 : 700}>
        {dot.number}
      </text>
    </g>
  );
}
