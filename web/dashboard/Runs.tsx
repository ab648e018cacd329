/** A car's runs, each with the stop that ended it. */

import { amount, DASH, filledIn, lapSpan, span } from "../core/format";
import { boxSeconds, type Run, runs, taken } from "../core/past";
import type { CarLap } from "../core/queries";
import type { Reading } from "../core/reading";
import type { View } from "./App";

interface Props {
  readonly view: View;
  readonly reading: Reading;
  readonly laps: readonly CarLap[];
}

/** Rows of the table that fit. */
const LAST_RUNS = 7;

export function Runs({ view: { live, units }, reading, laps }: Props) {
  const rows = runs(laps, live.timeline?.stops ?? [], reading.vehicleId).slice(-LAST_RUNS).reverse();
  const fuel = units.fuel.label;
  return (
    <section>
      <h2>Runs <span>and the stop that ended each</span></h2>
      <table>
        <thead>
          <tr><th>run</th><th>laps</th><th>{units.economy.label}</th><th>{fuel} burned</th><th>stop, lap</th><th>in box, s</th><th>{fuel} taken</th></tr>
        </thead>
        <tbody>
          {rows.map((run) => <RunRow key={run.number} run={run} units={units} present={run.number === reading.insight.stops} />)}
        </tbody>
      </table>
    </section>
  );
}

function RunRow({ run, units, present }: { run: Run; units: View["units"]; present: boolean }) {
  const { stop } = run;
  const box = stop === null ? null : boxSeconds(stop);
  const fuel = stop === null ? null : taken(stop);
  return (
    <tr className={present ? "present" : ""}>
      <td>{run.number + 1}</td>
      <td>{lapSpan(run.from, run.to)}<small>{filledIn(run.imputedPct)}</small></td>
      <td className="key">{amount(run.mpg, units.economy)}</td>
      <td>{span(run.burned, units.fuel)}</td>
      {present ? (
        <td colSpan={3} className="quiet">running</td>
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
