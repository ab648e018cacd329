/** The mark of what a car burns now, on the needle of the page. */

import { useCallback } from "react";
import type { Needles } from "../core/needles";
import type { Units } from "../core/units";
import { NowMark as Mark, needleOf } from "../marks/NowMark";

interface Props {
  readonly needles: Needles;
  readonly vehicleId: string;
  readonly units: Units;
}

export function NowMark({ needles, vehicleId, units }: Props) {
  const mount = useCallback(
    (mark: HTMLElement | null) => (mark === null ? undefined : needles.follow(vehicleId, needleOf(mark, units))),
    [needles, vehicleId, units],
  );
  return <Mark mount={mount} />;
}
