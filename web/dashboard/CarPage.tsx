/** One car: its bar, its laps, its tank, and how sure all that is. */

import "./car.css";
import type { ReactNode } from "react";
import { axis, ENDING_SIDE, endInReach, ending, inTank, lapsToSpare, spread } from "../core/field";
import { amount, capital, DASH, filledIn, lastLaps, ordinal, plural, span } from "../core/format";
import type { BurnProfile, CarLap, CarPast } from "../core/queries";
import { type Reading, stopsText } from "../core/reading";
import { spoken } from "../core/spoken";
import type { Store } from "../core/store";
import { tankPath } from "../core/tank";
import { stopsOf } from "../core/timeline";
import { lapPoint } from "../core/trend";
import { BurnBar, PAGE } from "../marks/BurnBar";
import { LapBurn } from "../marks/LapBurn";
import { ModeWord } from "../marks/ModeWord";
import { TankChart } from "../marks/TankChart";
import { TrendChart } from "../marks/TrendChart";
import type { View } from "./App";
import { CarSide } from "./CarSide";
import { NowMark } from "./NowMark";
import { useCarPast } from "./useCarPast";

const WIDTH = 1210;

interface Props {
  readonly view: View;
  readonly vehicleId: string;
}

export function CarPage({ past, ...rest }: Props & { readonly past: Store["past"] }) {
  const insight = rest.view.live.board?.cars.find((one) => one.vehicleId === rest.vehicleId);
  return <Car {...rest} past={useCarPast(past, rest.vehicleId, insight?.lap ?? null)} />;
}

export function Car({ view, vehicleId, past: { laps, burnProfile } }: Props & { readonly past: CarPast }) {
  const { live } = view;
  const reading = live.readings.find((one) => one.vehicleId === vehicleId);
  if (reading === undefined) {
    return (
      <main className="waiting">
        {live.board === null ? "Waiting for the first board." : `No car ${vehicleId} in this session.`}
      </main>
    );
  }
  return (
    <main>
      <Head view={view} reading={reading} />
      <Trend view={view} vehicleId={vehicleId} laps={laps} />
      <Tank view={view} reading={reading} />
      <AroundTheLap profile={burnProfile} />
      <CarSide view={view} reading={reading} laps={laps} />
    </main>
  );
}

function Head({ view, reading }: { view: View; reading: Reading }) {
  const { live, units } = view;
  const team = live.session?.cars.find((car) => car.vehicleId === reading.vehicleId);
  const place = reading.insight.position === null ? "" : `${ordinal(reading.insight.position)}, `;
  return (
    <section className="car-head" aria-label={spoken(reading, units)}>
      <div className="big-number">{reading.number}</div>
      <div className="who">
        <h1>{reading.driver}</h1>
        <p>
          {place}
          {stopsText(reading.insight)}
          {team?.team && `. ${team.team}, ${team.manufacturer}`}
        </p>
      </div>
      <NowMark needles={view.needles} vehicleId={reading.vehicleId} units={units} />
      <div className="car-word">
        <ModeWord word={reading.word} size={40} />
        <p>{reading.why}</p>
      </div>
      <BigEconomy view={view} reading={reading} />
      <div className="head-bar">
        <BurnBar
          view={reading.bar}
          size={PAGE}
          reach={live.reach}
          median={live.board?.fieldEconomy != null}
          spread={spread(live.readings)}
        />
      </div>
      <Scale view={view} />
    </section>
  );
}

function BigEconomy({ view: { live, units }, reading: { economy, state, insight } }: { view: View; reading: Reading }) {
  const unit = units.economy;
  const range = economy.kind === "none" ? "" : span(economy.range, unit);
  const number =
    economy.kind === "number" ? (economy.about ? "≈" : "") + amount(economy.mpg, unit) : economy.kind === "range" ? range : DASH;
  return (
    <>
      <div className={`big-economy ${state} ${economy.kind}`}>{number}</div>
      <div className="economy-label">
        {unit.label}
        <br />
        <b>{range}</b>
        <br />
        {lastLaps(live.session?.greenLapsWindow)}
        <br />
        <small>{economy.kind !== "none" && filledIn(insight.economy5ImputedPct)}</small>
      </div>
    </>
  );
}

/** The axis of the bar, as mpg at the same points. */
function Scale({ view: { live, units } }: { view: View }) {
  return (
    <div className="scale" aria-hidden="true">
      {axis(live.fieldMpg, live.reach).map(({ pct, mpg }) => {
        const at = WIDTH / 2 + ((pct / live.reach) * WIDTH) / 2;
        const text = amount(mpg, units.economy);
        return pct === 0 ? (
          <span key={pct} className="text" style={{ left: at }}>
            field {text}
          </span>
        ) : (
          <span key={pct} style={{ left: Math.max(16, Math.min(WIDTH - 16, at)) }}>
            {text}
          </span>
        );
      })}
    </div>
  );
}

function Trend({ view: { live, units }, vehicleId, laps }: { view: View; vehicleId: string; laps: readonly CarLap[] }) {
  const points = laps.map((lap) => lapPoint(lap, live.history.bands));
  return (
    <Section
      top={292}
      title={`${capital(units.economy.spoken)}, each green lap`}
      note="bar through a dot: four in five range. Shaded: the middle half of the field, and cautions"
    >
      <TrendChart
        width={WIDTH}
        height={226}
        points={points}
        history={live.history}
        stops={stopsOf(live.timeline, vehicleId).map(({ lap }) => lap ?? 0)}
        laps={live.session?.laps ?? laps.at(-1)?.lap ?? 1}
        unit={units.economy}
      />
    </Section>
  );
}

function Tank({ view: { live, units }, reading }: { view: View; reading: Reading }) {
  const path = inTank(reading).fuel === null ? null : tankPath(reading.insight, live.levels.get(reading.vehicleId) ?? []);
  const title = `${capital(units.fuel.spoken)} in the tank`;
  const room = endInReach(live.readings) ? lapsToSpare(reading) : null;
  if (path === null) return <Section top={562} title={title} note="not known" />;
  return (
    <Section top={562} title={title} note="since this page was opened. Shaded: four in five range, and where it is going">
      <TankChart
        width={WIDTH}
        height={196}
        path={path}
        tank={live.session?.tank ?? null}
        laps={live.session?.laps ?? null}
        unit={units.fuel}
        tone={ENDING_SIDE[ending(room)]}
      />
    </Section>
  );
}

/** Car against field around the lap: where a driver saves is seen here, not how sure that is. */
function AroundTheLap({ profile }: { profile: BurnProfile | null }) {
  const title = "Burn around the lap";
  if (profile === null || profile.parts.length === 0) return <Section top={800} title={title} note="not known" />;
  const note = `mean of the last ${plural(profile.laps, "clean lap")}`;
  const field =
    profile.field === null ? "too few cars to compare with" : "grey: field median. Blue where it burns less, orange where more";
  return (
    <Section top={800} title={title} note={`${note}. ${capital(field)}`}>
      <LapBurn width={WIDTH} height={194} parts={profile.parts} field={profile.field} />
    </Section>
  );
}

function Section({ top, title, note, children }: { top: number; title: string; note: string; children?: ReactNode }) {
  return (
    <section className="chart-box" style={{ top }}>
      <h2>
        {title} <span>{note}</span>
      </h2>
      {children}
    </section>
  );
}
