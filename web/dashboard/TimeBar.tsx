/** The bar at the bottom of every page: the race by lap, and the field in three figures. */

import type { ReactNode } from "react";
import { soundCars } from "../core/field";
import { amount } from "../core/format";
import type { Live } from "../core/live";
import { shades, stopsOf } from "../core/timeline";
import type { Units } from "../core/units";
import { RaceLine } from "../marks/RaceLine";

interface Props {
  readonly live: Live;
  readonly units: Units;
  /** The car whose stops are marked. */
  readonly chosen: string | null;
}

export function TimeBar({ live, units, chosen }: Props) {
  const { board, session, timeline } = live;
  const stops = stopsOf(timeline, chosen).map(({ lap }) => lap ?? 0);
  const number = live.readings.find(({ vehicleId }) => vehicleId === chosen)?.number;
  const leader = board?.cars.find((car) => car.position === 1);
  const done = (board?.lap ?? 1) - 1 + (leader?.lapDistance ?? 0);
  return (
    <footer className="time">
      <div className="race-label">
        <span className="label">Race, by lap</span>
        {number !== undefined && (
          <small>
            <StopMark /> {stops.length === 0 ? `no stop of ${number}` : `stops of ${number}`}
          </small>
        )}
      </div>
      {session?.laps != null && (
        <div className="race-line-box">
          <RaceLine
            width={1134}
            laps={session.laps}
            done={done}
            stages={session.stages}
            shades={shades(timeline, done)}
            stops={stops}
          />
        </div>
      )}
      <dl>
        <Figure name="Field median">
          {amount(live.fieldMpg, units.economy)} <small>{units.economy.label}</small>
        </Figure>
        <Figure name="Sound">
          {soundCars(live.readings).length} <small>of {live.readings.length} cars</small>
        </Figure>
        <Figure name="Data clock">{board === null ? "" : clock(board.windowEndUs)}</Figure>
      </dl>
      <span className="quiet help">
        <kbd>?</kbd> keys
      </span>
    </footer>
  );
}

function StopMark() {
  return (
    <svg width={11} height={8} aria-hidden="true">
      <path d="M5.5 0l5.5 8H0z" fill="var(--ink)" />
    </svg>
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

const clock = (micros: string): string => new Date(Number(BigInt(micros) / 1000n)).toLocaleTimeString("en-GB", { hour12: false });
