/** The bar at the bottom of every page: the race by lap, and the field in three figures. */

import type { ReactNode } from "react";
import { soundCars } from "../core/field";
import { amount } from "../core/format";
import type { Live } from "../core/live";
import type { Units } from "../core/units";
import { RaceLine } from "../marks/RaceLine";

export function TimeBar({ live, units }: { live: Live; units: Units }) {
  const { board, session, history } = live;
  const leader = board?.cars.find((car) => car.position === 1);
  const done = (board?.lap ?? 1) - 1 + (leader?.lapDistance ?? 0);
  return (
    <footer className="time">
      <span className="label race-label">Race, by lap</span>
      {session?.laps != null && (
        <div className="race-line-box">
          <RaceLine width={1134} laps={session.laps} done={done} stages={session.stages} cautions={history.cautions} />
        </div>
      )}
      <dl>
        <Figure name="Field median">
          {amount(board?.fieldEconomy ?? null, units.economy)} <small>{units.economy.label}</small>
        </Figure>
        <Figure name="Sound">
          {soundCars(live.readings).length} <small>of {live.readings.length} cars</small>
        </Figure>
        <Figure name="Data clock">{board === null ? "" : clock(board.windowEndUs)}</Figure>
      </dl>
      <span className="quiet help"><kbd>?</kbd> keys</span>
    </footer>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="label">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const clock = (micros: string): string =>
  new Date(Number(BigInt(micros) / 1000n)).toLocaleTimeString("en-GB", { hour12: false });
