/** One car on air: plate, name, word, bar and number, in the geometry of the design. */

import { amount, span } from "../core/format";
import type { Economy, Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { MPG } from "../core/units";
import { AIR, BurnBar } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import type { Air } from "./air";

interface Props {
  readonly air: Air;
  readonly reach: number;
  readonly fieldMpg: number | null;
  /** The car that was asked for, in a preview: it is said why it is not shown. */
  readonly held: Reading | undefined;
}

export function Single({ air, reach, fieldMpg, held }: Props) {
  if (air.phase === "off" || air.phase === "taken") return held === undefined ? null : <Held reading={held} />;
  const { shown, phase } = air;
  return (
    <div className={`single ${phase} ${shown.state}`} role="img" aria-label={spoken(shown, MPG)}>
      <div className="slab" />
      <div className="plate" />
      <div className="plate-number">{shown.number}</div>
      <div className="name">{shown.driver}</div>
      <div className="air-word"><ModeWord word={shown.word} size={34} /></div>
      <div className="air-bar"><BurnBar view={shown.bar} size={AIR} reach={reach} median={fieldMpg !== null} edges /></div>
      <div className="note less">burns less</div>
      {fieldMpg !== null && <div className="note field">field {amount(fieldMpg, MPG.economy)}</div>}
      <div className="note more">burns more</div>
      <AirNumber economy={shown.economy} />
    </div>
  );
}

/** The number, or the range in its place, which leaves no room for the unit beside it. */
function AirNumber({ economy }: { economy: Economy }) {
  if (economy.kind === "none") return null;
  const unit = MPG.economy;
  if (economy.kind === "range") {
    return (
      <>
        <div className="figure range">{span(economy.range, unit)}</div>
        <div className="note estimate range">{unit.label}, estimate, last 5 laps</div>
      </>
    );
  }
  return (
    <>
      <div className={`figure ${economy.about ? "about" : ""}`}>{economy.about && "≈"}{amount(economy.mpg, unit)}</div>
      <div className="unit">{unit.label}</div>
      <div className="note estimate">estimate, last 5 laps</div>
    </>
  );
}

function Held({ reading }: { reading: Reading }) {
  return (
    <div className="held">
      {reading.number} {reading.driver}: not on air. {reading.word.text} {reading.why}
    </div>
  );
}
