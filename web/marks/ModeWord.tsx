/** The word for what the driver does, with its shape; or the word of a state. */

import "./marks.css";
import type { Word } from "../core/reading";

const SHAPES: Partial<Record<Word["tone"], string>> = {
  save: "M0.8 0L0 0.5L0.8 1z",
  even: "M0 0.37H0.8V0.63H0z",
  hard: "M0 0L0.8 0.5L0 1z",
};

/** `size` is the height of the shape, px: about the height of the capitals. */
export function ModeWord({ word, size }: { word: Word; size: number }) {
  return (
    <span className={`word ${word.tone}`}>
      <Shape tone={word.tone} size={size} />
      {word.text}
    </span>
  );
}

/** ◀ ▬ ▶, drawn; nothing for a state. */
export function Shape({ tone, size }: { tone: Word["tone"]; size: number }) {
  const d = SHAPES[tone];
  if (d === undefined) return null;
  return (
    <svg width={size * 0.8} height={size} viewBox="0 0 0.8 1" aria-hidden="true">
      <path d={d} fill={`var(--${tone})`} />
    </svg>
  );
}
