/** One car on air: plate, name, word, bar and number, in the geometry of the design. */

import "./single.css";
import { lastLaps } from "../core/format";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { MPG } from "../core/units";
import { AIR, BurnBar } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import { sightOf } from "./air";
import { asked, type Frame, type Graphic } from "./graphic";
import { Axis, Figure } from "./parts";

/** `car=07` */
export const SINGLE: Graphic<Reading> = {
  corner: { left: 126, top: 828 },
  keys: ["car"],
  see: (live, ask) => sightOf(asked(live, ask, "car")),
  draw: (shown, frame) => <Single shown={shown} {...frame} />,
  cars: (ask) => ask.getAll("car"),
};

function Single({ shown, phase, reach, fieldMpg, window }: Frame & { shown: Reading }) {
  const range = shown.economy.kind === "range";
  return (
    <div className={`graphic single ${phase} ${shown.state}`} role="img" aria-label={spoken(shown, MPG)}>
      <div className="slab" />
      <div className="plate" />
      <div className="plate-number">{shown.number}</div>
      <div className="name">{shown.driver}</div>
      <div className="air-word">
        <ModeWord word={shown.word} size={34} />
      </div>
      <div className="air-bar">
        <BurnBar view={shown.bar} size={AIR} reach={reach} median={fieldMpg !== null} edges />
      </div>
      <Axis fieldMpg={fieldMpg} />
      <Figure className="figure" economy={shown.economy} />
      {/* A range leaves no room for the unit beside it. */}
      {!range && <div className="unit">{MPG.economy.label}</div>}
      <div className={`note estimate${range ? " range" : ""}`}>
        {range && `${MPG.economy.label}, `}estimate, {lastLaps(window)}
      </div>
    </div>
  );
}
