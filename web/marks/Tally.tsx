/** One box a car: short, too close to call, makes it. */

import { spaced } from "../core/scale";

const WIDTH = 600;
const GAP = 1.6;
const HEIGHT = 16;
/** Width of a character of the text under the boxes, on average, and the room between two texts. */
const CHARACTER = 8.4;
const ROOM = 16;

export interface Tallied {
  readonly count: number;
  readonly text: string;
  readonly tone: "hard" | "even" | "save" | "quiet";
}

export function Tally({ parts }: { parts: readonly Tallied[] }) {
  const shown = parts.filter((part) => part.count > 0);
  const cell = WIDTH / shown.reduce((sum, part) => sum + part.count, 0);
  const starts = shown.map((_, i) => shown.slice(0, i).reduce((sum, part) => sum + part.count, 0) * cell);
  const texts = shown.map((part) => `${part.count} ${part.text}`.length * CHARACTER);
  const places = spaced(starts, texts, ROOM, WIDTH);
  return (
    <svg width={WIDTH} height={44} aria-hidden="true">
      {shown.map((part, i) => (
        <g key={part.text} transform={`translate(${starts[i]} 0)`}>
          <Boxes part={part} cell={cell} />
        </g>
      ))}
      {shown.map((part, i) => (
        <text key={part.text} x={(places[i] ?? 0) + 1} y={38} className="tally-text">
          <tspan fontWeight={700} fill="var(--ink)">
            {part.count}
          </tspan>{" "}
          {part.text}
        </text>
      ))}
    </svg>
  );
}

/** Filled where the whole range says so, hollow where it does not, empty where nothing is known. */
function Boxes({ part: { count, tone }, cell }: { part: Tallied; cell: number }) {
  const solid = tone === "hard" || tone === "save";
  const inset = solid ? 0 : 0.5;
  return Array.from({ length: count }, (_, i) => (
    <rect
      key={i}
      x={i * cell + GAP / 2 + inset}
      y={inset}
      width={cell - GAP - 2 * inset}
      height={HEIGHT - 2 * inset}
      fill={solid ? `var(--${tone})` : tone === "even" ? "var(--even-dim)" : "none"}
      stroke={solid ? "none" : tone === "even" ? "var(--even)" : "var(--rule)"}
    />
  ));
}
