/** Whether something grows. */

export interface Point {
  readonly minute: number;
  readonly value: number;
}

/** Growth an hour by least squares; nothing of fewer than two points. */
export function perHour(points: readonly Point[]): number | null {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [minute, value] = [mean((p) => p.minute), mean((p) => p.value)];
  const spread = mean((p) => (p.minute - minute) ** 2);
  return spread > 0 ? (60 * mean((p) => (p.minute - minute) * (p.value - value))) / spread : null;
}
