/** What a page knows, as a value: boards, time and answers are folded into it, and every screen is drawn from it. */

import { type Cells, reachOf } from "./bar";
import { type History, NO_HISTORY } from "./history";
import type { Board, Session, Timeline } from "./queries";
import { cellsNow, type Reading, read } from "./reading";
import { type Levels, withLevels } from "./tank";

export interface Live {
  readonly board: Board | null;
  readonly session: Session | null;
  readonly history: History;
  /** Flags, stops and ends of stages so far; nothing until they are known. */
  readonly timeline: Timeline | null;
  /** One a car of the newest board, in its order. */
  readonly readings: readonly Reading[];
  /** The field's economy, mpg; nothing where no engine package is known, and only ratios mean anything. */
  readonly fieldMpg: number | null;
  /** When the newest board came, by the page's own clock, milliseconds. */
  readonly receivedMs: number;
  /** Since then. */
  readonly silentMs: number;
  /** Cells each way. */
  readonly reach: number;
  readonly cells: ReadonlyMap<string, Cells>;
  readonly levels: Levels;
}

export const NOTHING: Live = {
  board: null,
  session: null,
  history: NO_HISTORY,
  timeline: null,
  readings: [],
  fieldMpg: null,
  receivedMs: 0,
  silentMs: 0,
  reach: reachOf(null),
  cells: new Map(),
  levels: new Map(),
};

/** Folds a board. The same window again, as after a reconnect, is no news: it must not make old data look fresh. */
export function receive(live: Live, board: Board, nowMs: number): Live {
  if (live.board?.sessionId === board.sessionId && live.board.windowEndUs === board.windowEndUs) return live;
  const kept = live.board === null || live.board.sessionId === board.sessionId ? live : NOTHING;
  const cells = new Map<string, Cells>();
  for (const insight of board.cars) {
    const now = cellsNow(insight, kept.reach, kept.cells.get(insight.vehicleId));
    if (now !== undefined) cells.set(insight.vehicleId, now);
  }
  const levels = withLevels(kept.levels, kept.board, board);
  return reread({ ...kept, board, cells, levels, receivedMs: nowMs, silentMs: 0 });
}

/** Lets time pass. The same value comes back if nobody would see a difference. */
export function tick(live: Live, nowMs: number): Live {
  if (live.board === null) return live;
  const later = reread({ ...live, silentMs: nowMs - live.receivedMs });
  const seen = silent(later) || later.readings.some((r, i) => r.state === "stale" || r.state !== live.readings[i]?.state);
  return seen ? later : live;
}

/** Folds the session and its roster. */
export function meet(live: Live, session: Session): Live {
  const reach = reachOf(session.packageHp);
  return reread({ ...live, session, reach, cells: reach === live.reach ? live.cells : new Map() });
}

/** Whether nothing was received for so long that the link must be taken for broken. */
export function silent(live: Live): boolean {
  return live.session !== null && live.silentMs >= live.session.staleAfterMs;
}

/** Age of the newest sample of any car, milliseconds. */
export function dataAgeMs(live: Live): number | null {
  const ages = live.readings.flatMap((reading) => reading.ageMs ?? []);
  return ages.length === 0 ? null : Math.min(...ages);
}

function reread(live: Live): Live {
  const roster = new Map(live.session?.cars.map((car) => [car.vehicleId, car]));
  const readings = (live.board?.cars ?? []).map((insight) =>
    read({
      insight,
      car: roster.get(insight.vehicleId),
      silentMs: live.silentMs,
      session: live.session,
      cells: live.cells.get(insight.vehicleId),
      reach: live.reach,
    }),
  );
  const isKnown = live.session !== null && live.session.packageHp !== null;
  return { ...live, readings, fieldMpg: isKnown ? (live.board?.fieldEconomy ?? null) : null };
}
