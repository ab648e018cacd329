/** Two cars on air: both bars on one axis, and the difference where it is sure. */

import "./head-to-head.css";
import { amount, lastLaps } from "../core/format";
import { type Difference, difference } from "../core/pair";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { MPG } from "../core/units";
import { AIR_ROW, BurnBar } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import { type Sight, sightOf } from "./air";
import { asked, type Frame, type Graphic } from "./graphic";
import { Axis, about, Figure } from "./parts";

type Pair = readonly [Reading, Reading];

/** `a=24&b=07` */
export const HEAD_TO_HEAD: Graphic<Pair> = {
  corner: { left: 112, top: 772 },
  keys: ["a", "b"],
  see: (live, ask) => both(sightOf(asked(live, ask, "a")), sightOf(asked(live, ask, "b"))),
  draw: (shown, frame) => <HeadToHead shown={shown} {...frame} />,
  cars: (ask) => [...ask.getAll("a"), ...ask.getAll("b")],
};

/** Two different cars, or nothing: a car has no difference to itself. */
function both(a: Sight<Reading> | undefined, b: Sight<Reading> | undefined): Sight<Pair> | undefined {
  if (a === undefined || b === undefined || a.shown.vehicleId === b.shown.vehicleId) return undefined;
  return { shown: [a.shown, b.shown], enters: a.enters && b.enters };
}

function HeadToHead({ shown, phase, reach, fieldMpg, window }: Frame & { shown: Pair }) {
  const [a, b] = shown;
  const apart = difference(a, b);
  const stale = shown.some(({ state }) => state === "stale");
  const label = [...shown.map((reading) => spoken(reading, MPG)), inWords(apart)].join(". ");
  return (
    <div className={`graphic head-to-head ${phase}${stale ? " stale" : ""}`} role="img" aria-label={label}>
      <div className="slab first" />
      <div className="slab second" />
      <div className="slab foot" />
      <div className="slab apart" />
      <Car reading={a} at="first" reach={reach} median={fieldMpg !== null} />
      <Car reading={b} at="second" reach={reach} median={fieldMpg !== null} />
      <Axis fieldMpg={fieldMpg} />
      <div className="note row-unit">{MPG.economy.label}</div>
      <Apart apart={apart} />
      <div className="note estimate">estimate, {lastLaps(window)}</div>
    </div>
  );
}

function Car({ reading, at, reach, median }: { reading: Reading; at: "first" | "second"; reach: number; median: boolean }) {
  return (
    <div className={`car ${at} ${reading.state}`}>
      <div className="plate" />
      <div className="plate-number">{reading.number}</div>
      <div className="name">{reading.driver}</div>
      <div className="air-word">
        <ModeWord word={reading.word} size={23} />
      </div>
      <div className="air-bar">
        <BurnBar view={reading.bar} size={AIR_ROW} reach={reach} median={median} edges />
      </div>
      <Figure className="row-figure" economy={reading.economy} />
    </div>
  );
}

function Apart({ apart }: { apart: Difference | null }) {
  if (apart === null)
    return (
      <div className="close">
        too close
        <br />
        to call
      </div>
    );
  return (
    <>
      <div className={`figure${about(apart.about)}`}>
        {apart.about && "≈"}
        {amount(apart.mpg, MPG.economy)}
      </div>
      <div className="unit">{MPG.economy.label}</div>
      <div className="for">more for the {apart.better.number}</div>
    </>
  );
}

function inWords(apart: Difference | null): string {
  if (apart === null) return "too close to call";
  const { label } = MPG.economy;
  return `${apart.about ? "about " : ""}${amount(apart.mpg, MPG.economy)} ${label} more for the ${apart.better.number}`;
}
