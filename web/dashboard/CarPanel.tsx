/** A car with a large bar, beside the tower. */

import { ending, lapsToSpare } from "../core/field";
import { amount, DASH, laps, span } from "../core/format";
import { type Range, range80 } from "../core/range";
import type { Reading } from "../core/reading";
import { spoken } from "../core/spoken";
import { BurnBar, PANEL } from "../marks/BurnBar";
import { ModeWord } from "../marks/ModeWord";
import type { View } from "./App";

interface Props {
  readonly tag: string;
  readonly reading: Reading;
  readonly view: View;
  readonly toGo: number | null;
  readonly spread: Range | null;
}

export function CarPanel({ tag, reading, view: { live, units }, toGo, spread }: Props) {
  return (
    <section className="panel" aria-label={spoken(reading, units)}>
      <div className="line">
        <em className={tag.length > 1 ? "tag" : "tag pin-mark"}>{tag}</em>
        <span className="number">{reading.number}</span>
        <span className="name">{reading.driver}</span>
        <span className="panel-word"><ModeWord word={reading.word} size={20} /></span>
        <span className={`economy ${reading.state}`}>
          <b>{economyText(reading, units.economy)}</b> {units.economy.label}
        </span>
      </div>
      <BurnBar view={reading.bar} size={PANEL} reach={live.reach} median={live.board?.fieldEconomy != null} spread={spread} />
      <div className="foot">
        <span>{tankText(reading)}</span>
        <span>{reading.why}</span>
        <span>{spareText(lapsToSpare(reading, toGo))}</span>
      </div>
    </section>
  );
}

function economyText({ economy }: Reading, unit: View["units"]["economy"]): string {
  if (economy.kind === "none") return DASH;
  return economy.kind === "range" ? span(economy.range, unit) : (economy.about ? "≈" : "") + amount(economy.mpg, unit);
}

function tankText({ insight }: Reading): string {
  const left = range80(insight.lapsLeft, insight.lapsLeftSd);
  return left === null ? "" : `${laps({ lo: Math.max(0, left.lo), hi: Math.max(0, left.hi) })} laps in the tank`;
}

function spareText(range: Range | null): string {
  if (range === null) return "";
  const end = ending(range);
  if (end === "close") return "too close to call";
  return end === "makes" ? `${laps(range)} laps to spare` : `${laps({ lo: -range.hi, hi: -range.lo })} laps short`;
}
