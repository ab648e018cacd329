/** The board: every car on one screen. */

import "./board.css";
import { silent } from "../core/live";
import { ordered } from "../core/order";
import type { View } from "./App";
import { Side } from "./Side";
import { Tower } from "./Tower";

interface Props {
  readonly view: View;
  readonly open: (vehicleId: string) => void;
  readonly choose: (vehicleId: string) => void;
}

export function Board({ view, open, choose }: Props) {
  if (view.live.board === null) return <main className="waiting">Waiting for the first board.</main>;
  return (
    <main className={silent(view.live) ? "silent" : ""}>
      <Tower view={view} order={ordered(view.live.readings, view.desk.sort)} open={open} choose={choose} />
      <Side view={view} />
    </main>
  );
}
