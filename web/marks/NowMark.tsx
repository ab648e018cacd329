/** What a car burns now: a needle that moves ten times a second, and its number twice a second. */

import "./now.css";
import type { RefCallback } from "react";
import { amount, economyNow } from "../core/format";
import { MOST_MPG, type Now } from "../core/needle";
import type { Units } from "../core/units";

/** The end of the scale, g/s: a Cup engine of 670 hp burns about 37 at full throttle, one of 750 hp about 41. */
const MOST_G_S = 45;
/** Numbers are written no more often than this, milliseconds. */
const WRITE_MS = 500;

/**
 * Left burns less, right burns more, from nothing to full throttle. Empty until `mount` moves it, see `needleOf`: ten
 * renders a second of a page would cost more than all the rest of it.
 */
export function NowMark({ mount }: { mount: RefCallback<HTMLElement> }) {
  return (
    <div ref={mount} className="now" aria-hidden="true">
      <span className="quiet">now</span>
      <div className="now-scale">
        <div className="now-needle" />
      </div>
      <span className="now-text" />
    </div>
  );
}

/** Moves a mark, without a render and without a layout. */
export function needleOf(mark: HTMLElement, { rate, economy }: Units, clock = () => performance.now()): (now: Now) => void {
  const needle = mark.querySelector<HTMLElement>(".now-needle");
  const text = mark.querySelector<HTMLElement>(".now-text");
  let written = -Infinity;
  return ({ rateGS, mpg }) => {
    if (needle === null || text === null) return;
    needle.style.opacity = rateGS === null ? "0" : "1";
    if (rateGS !== null) needle.style.transform = `translateX(${Math.min(100, (100 * rateGS) / MOST_G_S)}%)`;
    // What is not known any more goes at once.
    if (rateGS !== null && clock() - written < WRITE_MS) return;
    written = clock();
    const words = `${amount(rateGS, rate)} ${rate.label}   ${economyNow(mpg, economy, MOST_MPG)} ${economy.label}`;
    if (text.textContent !== words) text.textContent = words;
  };
}
