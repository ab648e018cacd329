/** One car in the tower. */

import { memo } from "react";
import { barSide } from "../core/bar";
import { inTank } from "../core/field";
import { amount, DASH, halfWidth, laps, span } from "../core/format";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import type { Units } from "../core/units";
import { BurnBar, ROW } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import { Sparkline } from "../marks/Sparkline";

interface Props {
  readonly reading: Reading;
  readonly units: Units;
  readonly trend: readonly number[] | undefined;
  readonly reach: number;
  readonly rank: number;
  readonly pitch: number;
  readonly chosen: boolean;
  readonly pin: "A" | "B" | null;
  readonly open: (vehicleId: string) => void;
  readonly choose: (vehicleId: string) => void;
}

export const Row = memo(function Row({ reading, units, trend, reach, rank, pitch, chosen, pin, open, choose }: Props) {
  const { vehicleId, state, insight } = reading;
  const isSound = reading.relative !== null;
  return (
    <div
      id={`car-${vehicleId}`}
      className={`columns row ${state}${chosen ? " chosen" : ""}${rank % 5 === 4 ? " fifth" : ""}`}
      style={{ height: pitch, transform: `translateY(${rank * pitch}px)` }}
      role="option"
      aria-selected={chosen}
      aria-label={spoken(reading, units)}
      onClick={() => (chosen ? open(vehicleId) : choose(vehicleId))}
    >
      <span>{pin !== null && <em className="pin-mark">{pin}</em>}</span>
      <span className="position">{insight.position}</span>
      <span className="number">{reading.number}</span>
      <span className="name">{reading.driver}</span>
      <span className={`why${isSound ? "" : " over"}`}>{reading.why}</span>
      {isSound && <Sparkline pcts={trend ?? []} side={barSide(reading.bar)} />}
      <span className="bar">
        <BurnBar view={reading.bar} size={ROW} reach={reach} median={false} />
      </span>
      <span className="row-word">
        <ModeWord word={reading.word} size={11} />
      </span>
      <Numbers reading={reading} units={units} />
    </div>
  );
});

function Numbers({ reading, units }: { reading: Reading; units: Units }) {
  const { insight, state } = reading;
  if (state === "out") return null;
  const burns = state === "sound" || state === "wide" || state === "stale" || state === "resting";
  const { fuel, laps: left } = state === "pit" || state === "no-signal" ? { fuel: null, laps: null } : inTank(reading);
  const each = (mpg: number | null) => (mpg === null ? DASH : amount(mpg, units.economy));
  return (
    <>
      <RowEconomy reading={reading} units={units} />
      <span className="right">{burns && each(insight.lastLapEconomy)}</span>
      <span className="right">{burns && each(insight.stintEconomy)}</span>
      <span className="right">{insight.stintLaps}</span>
      <span className="right">{fuel !== null && span(fuel, units.fuel)}</span>
      <span className="right">{left !== null && laps(left)}</span>
    </>
  );
}

function RowEconomy({ reading: { economy }, units }: { reading: Reading; units: Units }) {
  const unit = units.economy;
  if (economy.kind === "range") return <span className="economy as-range">{span(economy.range, unit)}</span>;
  if (economy.kind === "none")
    return (
      <span className="economy">
        <b className="quiet">{DASH}</b>
      </span>
    );
  return (
    <span className="economy">
      <b>
        {economy.about && "≈"}
        {amount(economy.mpg, unit)}
      </b>
      <small>±{halfWidth(economy.range, unit)}</small>
    </span>
  );
}
