/** The hatch over a mark that is not of now. */

/** Diagonals clipped to a box one px around the mark; drawn as paths, so no page has to carry a pattern. */
export function Hatch({ width, height }: { width: number; height: number }) {
  const step = height > 20 ? 22 : 10;
  const tall = height + 2;
  let d = "";
  for (let x = -tall; x < width + 2; x += step) {
    const from = Math.max(x, 0);
    const to = Math.min(x + tall, width + 2);
    d += `M${from - 1} ${tall - (from - x) - 1}L${to - 1} ${tall - (to - x) - 1}`;
  }
  return (
    <g>
      <rect x={-1} y={-1} width={width + 2} height={tall} fill="var(--ground)" fillOpacity={0.45} />
      <path d={d} stroke="var(--quiet)" strokeOpacity={0.6} strokeWidth={height > 20 ? 4 : 2} />
    </g>
  );
}
