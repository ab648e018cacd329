/** Beside a car's charts: its tank to the end, its last laps, and how sure all that is. */

import { inTank } from "../core/field";
import { finish, UNKNOWN } from "../core/forecast";
import { age, amount, DASH, filledIn, laps as lapsText, lastLaps, percent, plural, seconds, span } from "../core/format";
import { against } from "../core/history";
import { qualityText } from "../core/quality";
import type { CarLap } from "../core/queries";
import { range80 } from "../core/range";
import type { Reading } from "../core/reading";
import type { View } from "./App";
import { Stints } from "./Stints";

interface Props {
  readonly view: View;
  readonly reading: Reading;
  readonly laps: readonly CarLap[];
}

/** Rows of the table that fit. */
const LAST_LAPS = 6;

export function CarSide(props: Props) {
  return (
    <aside className="car-side">
      <ToTheEnd {...props} />
      <ToTheFinish {...props} />
      <Stints {...props} />
      <LastLaps {...props} />
      <HowSure {...props} />
    </aside>
  );
}

function ToTheEnd({ view: { units }, reading }: Props) {
  const toGo = reading.insight.forecast?.lapsToGo ?? null;
  const { fuel, laps: left } = inTank(reading);
  return (
    <section>
      <h2>To the end</h2>
      <div className="figures">
        <div>
          <b>{span(fuel, units.fuel)}</b>
          {units.fuel.label} in the tank
        </div>
        <div>
          <b>{lapsText(left)}</b>laps in the tank
        </div>
        <div>
          <b>{toGo ?? DASH}</b>laps to go
        </div>
      </div>
    </section>
  );
}

function ToTheFinish({ view: { live, units }, reading }: Props) {
  const end = finish(reading, units.economy);
  const stories = (live.board?.stories ?? []).filter((story) => story.vehicleId === reading.insight.vehicleId);
  return (
    <section>
      <h2>
        The finish <span>{end === UNKNOWN ? "not enough information" : "on this tank, 9 in 10 sure"}</span>
      </h2>
      <div className="figures">
        <div>
          <b>{end.makeIt}</b>to make it
        </div>
        <div>
          <b>{end.laps}</b>laps long
        </div>
        <div>
          <b>{end.target}</b>
          {units.economy.label} makes it
        </div>
      </div>
      {end.window !== DASH && <p>last stop between laps {end.window}</p>}
      {reading.insight.modeReason && <p>{reading.insight.modeReason}</p>}
      {stories.map((story) => (
        <p key={story.text}>{story.text}</p>
      ))}
    </section>
  );
}

function LastLaps({ view: { live, units }, laps }: Props) {
  const rows = laps.slice(-LAST_LAPS).reverse();
  return (
    <section>
      <h2>
        Last laps <span>burn against the field on the same lap</span>
      </h2>
      <table>
        <thead>
          <tr>
            <th>lap</th>
            <th></th>
            <th>{units.economy.label}</th>
            <th>burn</th>
            <th>{units.fuel.label} burned</th>
            <th>time, s</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((lap) => (
            <tr key={lap.lap} className={lap.label.toLowerCase()}>
              <td>{lap.lap}</td>
              <td className="label-cell">{labelOf(lap)}</td>
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

function labelOf(lap: CarLap): string {
  const label = lap.label === "GREEN" ? "" : lap.label.toLowerCase();
  return [label, filledIn((100 * lap.imputed) / lap.burned)].filter((part) => part !== "").join(", ");
}

function HowSure({ view: { live, units }, reading: { insight, ageMs } }: Props) {
  const relative = range80(insight.relativePct, insight.relativeSdPct);
  const economy = range80(insight.economy5, insight.economy5Sd);
  const facts = [
    ["Quality", qualityText(insight.quality, live.session)],
    [
      "Against the field",
      relative === null ? DASH : `${percent(Math.floor(relative.lo))} to ${percent(Math.ceil(relative.hi))}, four in five`,
    ],
    ["Economy", economy === null ? DASH : `${span(economy, units.economy)} ${units.economy.label}, four in five`],
    ["Made from", `${plural(insight.greenLaps, "clean green lap")}, stint of ${plural(insight.stintLaps, "lap")}`],
    ["Filled in", imputedText(insight, live.session?.greenLapsWindow)],
    ["Stops", insight.stops === 0 ? "none yet" : `${insight.stops} seen`],
    ["Newest sample", ageMs === null ? "never" : `${age(ageMs)} old`],
    ["Source", "throttle and rpm. There is no fuel sensor."],
  ];
  return (
    <section>
      <h2>How sure, and why</h2>
      <dl className="sure">
        {facts.map(([name, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What gaps in the signal left to fill in, of each number that has a share of it. */
function imputedText(
  { imputedPct, imputedLapPct, lastLapImputedPct, economy5ImputedPct }: Reading["insight"],
  window: number | undefined,
): string {
  const shares = [
    [imputedPct, "this stint"],
    [imputedLapPct, "this lap"],
    [lastLapImputedPct, "the last"],
    [economy5ImputedPct, `the ${lastLaps(window)}`],
  ] as const;
  const parts = shares.flatMap(([pct, of]) => (pct === null || pct < 0.05 ? [] : [`${pct.toFixed(1)} % of ${of}`]));
  return parts.length === 0 ? "nothing: no gaps in the signal" : parts.join(", ");
}
