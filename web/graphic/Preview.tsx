/** Beside a graphic while somebody sets it up, never on air: what holds its cars back, and what they burn now. */

import type { RefCallback } from "react";
import type { Needles } from "../core/needles";
import type { Reading } from "../core/reading";
import { MPG } from "../core/units";
import { NowMark, needleOf } from "../marks/NowMark";
import { sightOf } from "./air";

interface Props {
  readonly cars: readonly Reading[];
  /** Moves the mark of a car. */
  readonly now: (vehicleId: string) => RefCallback<HTMLElement>;
}

export function Preview({ cars, now }: Props) {
  if (cars.length === 0) return null;
  return (
    <div className="preview-panel">
      {cars.map((reading) => (
        <div key={reading.vehicleId}>
          {reading.number} {reading.driver}:{" "}
          {sightOf(reading)?.enters ? "ready" : `held back. ${reading.word.text} ${reading.why}`}
          <NowMark mount={now(reading.vehicleId)} />
        </div>
      ))}
    </div>
  );
}

/** One mount a car, the same at each render: another would begin anew. */
export function nowOf(needles: Needles): Props["now"] {
  const mounts = new Map<string, RefCallback<HTMLElement>>();
  return (vehicleId) => {
    const mount: RefCallback<HTMLElement> =
      mounts.get(vehicleId) ?? ((mark) => (mark === null ? undefined : needles.follow(vehicleId, needleOf(mark, MPG))));
    mounts.set(vehicleId, mount);
    return mount;
  };
}
