/** Closed laps of one car, asked for again when it starts a lap and once more when the last one has settled. */

import { useEffect, useState } from "react";
import type { CarLap } from "../core/queries";
import { SETTLED_MS, type Store } from "../core/store";

export function useCarLaps(laps: Store["laps"], vehicleId: string, lap: number | null): readonly CarLap[] {
  const [known, setKnown] = useState<readonly CarLap[]>([]);
  useEffect(() => {
    let wanted = true;
    const ask = () => void laps(vehicleId).then((answer) => wanted && answer !== null && setKnown(answer));
    ask();
    const later = setTimeout(ask, SETTLED_MS);
    return () => {
      wanted = false;
      clearTimeout(later);
    };
  }, [laps, vehicleId, lap]);
  return known;
}
