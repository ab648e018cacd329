/** Pieces that graphics share. */

import { amount, span } from "../core/format";
import type { Economy } from "../core/reading";
import { MPG } from "../core/units";
import type { Corner, Frame } from "./graphic";

/** Slab texts under a bar: its sides, and the field between them. */
export function Axis({ fieldMpg }: { fieldMpg: number | null }) {
  return (
    <>
      <div className="note less">burns less</div>
      {fieldMpg !== null && <div className="note field">field {amount(fieldMpg, MPG.economy)}</div>}
      <div className="note more">burns more</div>
    </>
  );
}

/** The number, or the range in its place; nothing where neither may be printed. */
export function Figure({ economy, className }: { economy: Economy; className: string }) {
  if (economy.kind === "none") return null;
  if (economy.kind === "range") return <div className={`${className} range`}>{span(economy.range, MPG.economy)}</div>;
  return (
    <div className={`${className}${about(economy.about)}`}>
      {economy.about && "≈"}
      {amount(economy.mpg, MPG.economy)}
    </div>
  );
}

/** A number under a sign of about is drawn smaller: the sign needs its room. */
export const about = (is: boolean): string => (is ? " about" : "");

/** Height of the tag of the origin, px. */
const TAG = 36;

/** What the audience must know of where the data come from: on the upper edge of a graphic, as long as that stands. */
export function Origin({ word, phase, at }: { word: string | null; phase: Frame["phase"]; at: Corner }) {
  return (
    word !== null && (
      <div className={`origin ${phase}`} style={{ left: at.left, top: at.top - TAG }}>
        {word}
      </div>
    )
  );
}
