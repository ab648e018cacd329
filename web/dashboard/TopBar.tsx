/** The bar at the top of every page: race, lap, flag, and how old what is seen is. */

import { age } from "../core/format";
import { dataAgeMs, type Live, silent } from "../core/live";
import { originWord } from "../core/origin";
import type { Flag } from "../core/queries";
import { Logo } from "../marks/Logo";
import type { View } from "./App";

const FLAGS: Record<Flag, string> = {
  UNKNOWN: "NO FLAG YET",
  GREEN: "GREEN",
  YELLOW: "CAUTION",
  RED: "RED FLAG",
  WHITE: "WHITE FLAG",
  CHECKERED: "CHECKERED",
};

export function TopBar({ view: { live }, page }: { view: View; page: "board" | "car" }) {
  const { board, session } = live;
  const origin = originWord(session);
  return (
    <header className="top">
      <div className="mark">
        <Logo /> BURN BAR
      </div>
      <nav>
        <span className={page === "board" ? "here" : ""}>
          <i>1</i>Board
        </span>
        <span className={page === "car" ? "here" : ""}>
          <i>2</i>Car
        </span>
      </nav>
      {origin !== null && <strong className="origin">{origin}</strong>}
      <div className="race">
        <span className="quiet">{session?.track}</span>
        {board?.lap != null && (
          <span className="lap">
            Lap {board.lap} {session?.laps != null && <small>of {session.laps}</small>}
          </span>
        )}
        {board !== null && <span className={`flag ${board.flag.toLowerCase()}`}>{FLAGS[board.flag]}</span>}
        <span>{stage(live)}</span>
        <Link live={live} />
      </div>
    </header>
  );
}

function Link({ live }: { live: Live }) {
  if (live.board === null || silent(live)) {
    return (
      <span className="no-link" role="alert">
        NO LINK{live.board !== null && ` ${age(live.silentMs)}`}
      </span>
    );
  }
  return (
    <span className="quiet">
      data <b>{age(dataAgeMs(live))}</b> old
    </span>
  );
}

function stage({ session, board }: Live): string {
  if (session === null || board?.lap == null || session.stages.length === 0) return "";
  const ended = session.stages.filter((end) => end < (board.lap ?? 0)).length;
  return `stage ${ended + 1} of ${session.stages.length + 1}`;
}
