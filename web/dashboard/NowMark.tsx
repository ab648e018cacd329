/** What a car burns now: a needle that moves ten times a second, and its number twice a second. */

import "./now.css";
import { useEffect, useEffectEvent, useRef } from "react";
import { amount, economyNow } from "../core/format";
import { MOST_MPG, type Now } from "../core/needle";
import type { Needles } from "../core/needles";
import type { Units } from "../core/units";

/** The end of the scale, g/s: a Cup engine of 670 hp burns about 37 at full throttle, one of 750 hp about 41. */
const MOST_G_S = 45;
/** Numbers are written no more often than this, milliseconds. */
const WRITE_MS = 500;

interface Props {
  readonly needles: Needles;
  readonly vehicleId: string;
  readonly units: Units;
}

/**
 * Left burns less, right burns more, from nothing to full throttle.
 *
 * It writes to the page by itself: ten renders a second of a page would cost more than all the rest of it.
 */
export function NowMark({ needles, vehicleId, units }: Props) {
  const mark = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  const written = useRef(-WRITE_MS);
  const show = useEffectEvent((now: Now) => {
    if (mark.current === null || text.current === null) return;
    mark.current.style.opacity = now.rateGS === null ? "0" : "1";
    if (now.rateGS !== null) mark.current.style.transform = `translateX(${Math.min(100, (100 * now.rateGS) / MOST_G_S)}%)`;
    // What is not known any more goes at once.
    if (now.rateGS !== null && performance.now() - written.current < WRITE_MS) return;
    written.current = performance.now();
    const words = inWords(now, units);
    if (text.current.textContent !== words) text.current.textContent = words;
  });
  useEffect(() => needles.follow(vehicleId, (now) => show(now)), [needles, vehicleId]);
  return (
    <div className="now" aria-hidden="true">
      <span className="quiet">now</span>
      <div className="now-scale"><div ref={mark} className="now-needle" /></div>
      <span ref={text} className="now-text" />
    </div>
  );
}

function inWords({ rateGS, mpg }: Now, { rate, economy }: Units): string {
  return `${amount(rateGS, rate)} ${rate.label}   ${economyNow(mpg, economy, MOST_MPG)} ${economy.label}`;
}
