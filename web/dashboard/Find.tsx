/** Find a car by number or name. */

import { useState } from "react";
import { found } from "../core/order";
import type { Reading } from "../core/reading";

interface Props {
  readonly readings: readonly Reading[];
  readonly close: () => void;
  readonly choose: (vehicleId: string) => void;
}

const SHOWN = 8;

export function Find({ readings, close, choose }: Props) {
  const [typed, setTyped] = useState("");
  const hits = found(readings, typed).slice(0, SHOWN);
  const take = (hit: Reading | undefined) => {
    if (hit !== undefined) choose(hit.vehicleId);
    close();
  };
  return (
    <div className="overlay find" role="dialog" aria-label="Find a car">
      <input
        autoFocus
        aria-label="Car number or name"
        placeholder="number or name"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") take(hits[0]);
          if (event.key === "Escape") close();
        }}
      />
      <ol>
        {hits.map((hit, i) => (
          <li key={hit.vehicleId} className={i === 0 ? "first" : ""} onClick={() => take(hit)}>
            <span className="number">{hit.number}</span> {hit.driver}
          </li>
        ))}
      </ol>
    </div>
  );
}
