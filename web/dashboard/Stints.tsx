/** A car's stints, each with the stop that ended it. */

import { amount, DASH, filledIn, lapSpan, span } from "../core/format";
import { boxSeconds, type Stint, stints, taken } from "../core/past";
import type { CarLap } from "../core/queries";
import type { Reading } from "../core/reading";
import type { View } from "./App";

interface Props {
  readonly view: View;
  readonly reading: Reading;
  readonly laps: readonly CarLap[];
}

/** Rows of the table that fit. */
const LAST_STINTS = 7;

export function Stints({ view: { live, units }, reading, laps }: Props) {
  const rows = stints(laps, live.timeline?.stops ?? [], reading.insight)
    .slice(-LAST_STINTS)
    .reverse();
  const fuel = units.fuel.label;
  return (
    <section>
      <h2>
        Stints <span>and the stop that ended each</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th>stint</th>
            <th>laps</th>
            <th>{units.economy.label}</th>
            <th>{fuel} burned</th>
            <th>stop, lap</th>
            <th>in box, s</th>
            <th>{fuel} taken</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((stint) => (
            <StintRow key={stint.number} stint={stint} units={units} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function StintRow({ stint, units }: { stint: Stint; units: View["units"] }) {
  const { stop } = stint;
  const box = stop === null ? null : boxSeconds(stop);
  const fuel = stop === null ? null : taken(stop);
  return (
    <tr className={stint.isPresent ? "present" : ""}>
      <td>{stint.number + 1}</td>
      <td>
        {lapSpan(stint.from, stint.to)}
        <small>{filledIn(stint.imputedPct)}</small>
      </td>
      <td className="key">{amount(stint.mpg, units.economy)}</td>
      <td>{span(stint.burned, units.fuel)}</td>
      {stint.isPresent ? (
        <td colSpan={3} className="quiet">
          running
        </td>
      ) : (
        <>
          <td>{stop?.lap ?? DASH}</td>
          <td>{box === null ? DASH : box.toFixed(1)}</td>
          <td>{fuel === null ? "unknown" : `${stop?.full === true ? "full, " : ""}${span(fuel, units.fuel)}`}</td>
        </>
      )}
    </tr>
  );
}
