/** Beside a car's charts: its tank to the end, its last laps, and how sure all that is. */

import { endInReach, lapsToGo, lapsToSpare } from "../core/field";
import { age, amount, DASH, laps as lapsText, percent, plural, seconds, span, spare } from "../core/format";
import type { CarLap } from "../core/queries";
import { type Range, range80 } from "../core/range";
import type { Reading } from "../core/reading";
import { against } from "../core/history";
import type { View } from "./App";

interface Props {
  readonly view: View;
  readonly reading: Reading;
  readonly laps: readonly CarLap[];
}

/** Rows of the table that fit. */
const LAST_LAPS = 16;

export function CarSide(props: Props) {
  return (
    <aside className="car-side">
      <ToTheEnd {...props} />
      <LastLaps {...props} />
      <HowSure {...props} />
    </aside>
  );
}

function ToTheEnd({ view: { live, units }, reading }: Props) {
  const { insight, state } = reading;
  const toGo = lapsToGo(live.session, live.board);
  const gone = state === "lost" || state === "out";
  const fuel = gone ? null : notBelowZero(range80(insight.remaining, insight.remainingSd));
  const left = gone ? null : notBelowZero(range80(insight.lapsLeft, insight.lapsLeftSd));
  const room = gone ? null : lapsToSpare(reading, toGo);
  const reachable = endInReach(live.readings, toGo);
  return (
    <section>
      <h2>To the end <span>{reachable && toGo !== null && `${Math.ceil(toGo)} laps to go, all green`}</span></h2>
      <div className="figures">
        <div><b>{span(fuel, units.fuel)}</b>{units.fuel.label} in the tank</div>
        <div><b>{lapsText(left)}</b>laps in the tank</div>
        {reachable ? <div><b>{spare(room)}</b>laps to spare</div> : <div><b>{toGo === null ? DASH : Math.ceil(toGo)}</b>laps to go</div>}
      </div>
    </section>
  );
}

function LastLaps({ view: { live, units }, laps }: Props) {
  const rows = laps.slice(-LAST_LAPS).reverse();
  return (
    <section>
      <h2>Last laps <span>burn against the field on the same lap</span></h2>
      <table>
        <thead>
          <tr><th>lap</th><th></th><th>{units.economy.label}</th><th>burn</th><th>{units.fuel.label} burned</th><th>time, s</th></tr>
        </thead>
        <tbody>
          {rows.map((lap) => (
            <tr key={lap.lap} className={lap.label.toLowerCase()}>
              <td>{lap.lap}</td>
              <td className="label-cell">{lap.label === "GREEN" ? "" : lap.label.toLowerCase()}</td>
              <td className="key">{amount(lap.economy, units.economy)}</td>
              <td>{percent(against(lap, live.history.bands))}</td>
              <td>{units.fuel.of(lap.burned).toFixed(2)}</td>
              <td>{seconds(lap.fromUs, lap.toUs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const QUALITY: Record<Reading["insight"]["quality"], string> = {
  SOUND: "sound",
  NOT_YET: "fewer than 3 clean laps in this run",
  IMPUTED: "over 2 % of the run filled in across gaps",
  LEVEL_CONFLICT: "burned more than the tank held: a stop's fuel is not known",
  UNCALIBRATED: "only ratios: the scale is not yet checked",
  NO_THROTTLE: "no throttle, or it is stuck",
  NO_RPM: "no engine speed, or it is stuck",
  STALE: "nothing heard for 2 seconds",
  LOST: "nothing heard for 10 seconds",
  UNKNOWN: "nothing known yet",
};

function HowSure({ view: { units }, reading: { insight, ageMs } }: Props) {
  const relative = range80(insight.relativePct, insight.relativeSdPct);
  const economy = range80(insight.economy5, insight.economy5Sd);
  const facts = [
    ["Quality", QUALITY[insight.quality]],
    ["Against the field", relative === null ? DASH : `${percent(Math.floor(relative.lo))} to ${percent(Math.ceil(relative.hi))}, four in five`],
    ["Economy", economy === null ? DASH : `${span(economy, units.economy)} ${units.economy.label}, four in five`],
    ["Made from", `${plural(insight.greenLaps, "clean green lap")}, run of ${plural(insight.runLaps, "lap")}`],
    ["Filled in", `${insight.imputedPct.toFixed(1)} % of this run, across gaps in the signal`],
    ["Stops", insight.stops === 0 ? "none yet" : `${insight.stops} seen`],
    ["Newest sample", ageMs === null ? "never" : `${age(ageMs)} old`],
    ["Source", "throttle and rpm. There is no fuel sensor."],
  ];
  return (
    <section>
      <h2>How sure, and why</h2>
      <dl className="sure">
        {facts.map(([name, what]) => (
          <div key={name}><dt>{name}</dt><dd>{what}</dd></div>
        ))}
      </dl>
    </section>
  );
}

const notBelowZero = (range: Range | null): Range | null =>
  range && { lo: Math.max(0, range.lo), hi: Math.max(0, range.hi) };
