/** A car with a large bar, beside the tower. */

import { ending, inTank, lapsToSpare } from "../core/field";
import { amount, DASH, laps, span } from "../core/format";
import type { Range } from "../core/range";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { BurnBar, PANEL } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import type { View } from "./App";
import { NowMark } from "./NowMark";

interface Props {
  readonly tag: string;
  readonly reading: Reading;
  readonly view: View;
  /** Whether the end is worth showing: see `endInReach`. */
  readonly reachable: boolean;
  readonly spread: Range | null;
}

export function CarPanel({ tag, reading, view: { live, units, needles }, reachable, spread }: Props) {
  return (
    <section className="panel" aria-label={spoken(reading, units)}>
      <div className="line">
        <em className={tag.length > 1 ? "tag" : "tag pin-mark"}>{tag}</em>
        <span className="number">{reading.number}</span>
        <span className="name">{reading.driver}</span>
        <span className="panel-word">
          <ModeWord word={reading.word} size={20} />
        </span>
        <span className={`economy ${reading.state}`}>
          <b>{economyText(reading, units.economy)}</b> {units.economy.label}
        </span>
      </div>
      <BurnBar view={reading.bar} size={PANEL} reach={live.reach} median={live.board?.fieldEconomy != null} spread={spread} />
      <NowMark needles={needles} vehicleId={reading.vehicleId} units={units} />
      <div className="foot">
        <span>{tankText(reading)}</span>
        <span>{reading.why}</span>
        <span>{spareText(reachable ? lapsToSpare(reading) : null)}</span>
      </div>
    </section>
  );
}

function economyText({ economy }: Reading, unit: View["units"]["economy"]): string {
  if (economy.kind === "none") return DASH;
  return economy.kind === "range" ? span(economy.range, unit) : (economy.about ? "≈" : "") + amount(economy.mpg, unit);
}

function tankText(reading: Reading): string {
  const left = inTank(reading).laps;
  return left === null ? "" : `${laps(left)} laps in the tank`;
}

function spareText(range: Range | null): string {
  if (range === null) return "";
  const end = ending(range);
  if (end === "close") return "too close to call";
  return end === "makes" ? `${laps(range)} laps to spare` : `${laps({ lo: -range.hi, hi: -range.lo })} laps short`;
}
