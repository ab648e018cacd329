/** Closed laps of one car and where in a lap it burns, asked for again when it starts a lap and once more when the last one has settled. */

import { useEffect, useState } from "react";
import type { CarPast } from "../core/queries";
import { SETTLED_MS, type Store } from "../core/store";

const NOTHING: CarPast = { laps: [], burnProfile: null };

export function useCarPast(past: Store["past"], vehicleId: string, lap: number | null): CarPast {
  const [known, setKnown] = useState(NOTHING);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new lap asks again
  useEffect(() => {
    let wanted = true;
    const ask = () => void past(vehicleId).then((answer) => wanted && answer !== null && setKnown(answer));
    ask();
    const later = setTimeout(ask, SETTLED_MS);
    return () => {
      wanted = false;
      clearTimeout(later);
    };
  }, [past, vehicleId, lap]);
  return known;
}
