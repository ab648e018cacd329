/** The running order on air: a row a car, with its place, its bar and its word's shape. */

import "./strip.css";
import { coarseView } from "../core/bar";
import { DASH, lastLaps } from "../core/format";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { MPG } from "../core/units";
import { AIR_STRIP, BurnBar } from "../marks/BurnBar";
import { Shape } from "../marks/ModeWord";
import { sightOf } from "./air";
import type { Frame, Graphic } from "./graphic";
import { type Shown, seeStrip } from "./strip";

/** Height of the head and of a row, px. */
const HEAD = 56;
const ROW = 36;
/** A cell of the strip's bars, percent, and how many there are each way. */
const CELL_PCT = 4;
const REACH = 3;

/** `cars=24,07`, `top&n=10`, or `car=24&n=10`, which follows that car. */
export const STRIP: Graphic<Shown> = {
  corner: { left: 96, top: 96 },
  keys: ["cars", "top", "car", "n"],
  see: seeStrip,
  draw: (shown, frame) => <Strip shown={shown} {...frame} />,
  cars: (ask) => [...ask.getAll("car"), ...(ask.get("cars")?.split(",") ?? [])],
};

function Strip({ shown: { rows, names, followed }, phase, fieldMpg, window }: Frame & { shown: Shown }) {
  const rank = new Map(rows.map(({ vehicleId }, i) => [vehicleId, i]));
  // In one order whatever the race's: a row that changes place must slide, not be made anew.
  const lasting = [...rows].sort((a, b) => (a.vehicleId < b.vehicleId ? -1 : 1));
  return (
    <div
      className={`graphic strip ${phase}`}
      role="list"
      aria-label="Burn against the field"
      style={{ height: HEAD + ROW * rows.length }}
    >
      <div className="slab" />
      <div className="strip-head">
        <b>Fuel, against the field</b>estimate, {lastLaps(window)}
      </div>
      {lasting.map((reading) => (
        <Row
          key={reading.vehicleId}
          reading={reading}
          name={names.get(reading.vehicleId) ?? ""}
          top={HEAD + ROW * (rank.get(reading.vehicleId) ?? 0)}
          followed={reading.vehicleId === followed}
          median={fieldMpg !== null}
        />
      ))}
    </div>
  );
}

interface RowProps {
  readonly reading: Reading;
  readonly name: string;
  readonly top: number;
  readonly followed: boolean;
  readonly median: boolean;
}

function Row({ reading, name, top, followed, median }: RowProps) {
  const sound = sightOf(reading) !== undefined;
  const className = `strip-row ${reading.state}${followed ? " followed" : ""}`;
  return (
    <div className={className} style={{ transform: `translateY(${top}px)` }} role="listitem" aria-label={spoken(reading, MPG)}>
      <span className="place">{reading.insight.position}</span>
      <span className="plate" />
      <span className="plate-number">{reading.number}</span>
      <span className="name">{name}</span>
      {sound && (
        <span className="air-bar">
          <BurnBar view={coarseView(reading.bar, CELL_PCT, REACH)} size={AIR_STRIP} reach={REACH} median={median} />
        </span>
      )}
      <span className="shape">{sound ? <Shape tone={reading.word.tone} size={22} /> : DASH}</span>
    </div>
  );
}
