/** Keeps one `Live` up to date from a server, and calls its listeners when it changes: once a board, not more. */

import type { Evidence } from "./evidence";
import { boilDown } from "./history";
import { type Live, meet, NOTHING, receive, tick } from "./live";
import {
  BOARD,
  type Board,
  CAR_PAST,
  type CarPast,
  FIELD,
  SUBMIT_RADIO_MPG,
  SUBMIT_RUN_OUT,
  SUBMIT_STILL_RUNNING,
  SUBMIT_STOP_FUEL,
} from "./queries";
import type { Server } from "./server";

/** How often time is looked at; it is drawn only where it makes a difference. */
const TICK_MS = 500;
/** A lap is final once no late sample can still count, some seconds after the line; then laps are asked for again. */
export const SETTLED_MS = 7_000;
/** A silent connection is dropped and made anew after this long. */
const RENEW_MS = 6_000;

export interface Store {
  snapshot(): Live;
  subscribe(listener: () => void): () => void;
  /** Closed laps of one car of the session on the board, oldest first, and where in a lap it burns; nothing if they cannot be had. */
  past(vehicleId: string): Promise<CarPast | null>;
  /** Appends what is known of a car's fuel to the session's log; why not, if it refuses. */
  submit(vehicleId: string, evidence: Evidence): Promise<string | null>;
}

/** Opens for the life of the page. `past`: whether closed laps and the timeline are wanted too. */
export function openStore(server: Server, want: { readonly past: boolean }, now = () => performance.now()): Store {
  let live = NOTHING;
  let renewedMs = now();
  let refresh: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();

  const become = (next: Live) => {
    if (next === live) return;
    live = next;
    for (const listener of listeners) listener();
  };

  const ask = async () => {
    refresh = undefined;
    const session = live.board?.sessionId;
    if (session === undefined) return;
    const answer = await server.ask(FIELD, { session, past: want.past });
    if (!answer?.session || live.board?.sessionId !== session) return;
    const met = meet(live, answer.session);
    const history = answer.laps ? boilDown(answer.laps) : met.history;
    become({ ...met, history, timeline: answer.timeline ?? met.timeline });
  };

  /** At most one question waits at a time, so a fast replay cannot flood the server. */
  const askIn = (ms: number) => {
    if (refresh === undefined) refresh = setTimeout(() => void ask(), ms);
  };

  server.listen(BOARD, ({ board }) => {
    const before = live;
    become(receive(live, board, now()));
    if (live.session === null) askIn(0);
    else if (turned(before.board, board) || stranger(live, board)) askIn(SETTLED_MS);
  });

  setInterval(() => {
    become(tick(live, now()));
    if (live.board === null || now() - Math.max(renewedMs, live.receivedMs) < RENEW_MS) return;
    renewedMs = now();
    server.renew();
  }, TICK_MS);

  return {
    snapshot: () => live,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    past: async (vehicle) => {
      const session = live.board?.sessionId;
      return session === undefined ? null : server.ask(CAR_PAST, { session, vehicle });
    },
    submit: async (vehicle, evidence) => {
      switch (evidence.is) {
        case "fuel": {
          const { gallons, sigmaGal, full, fillTimeS } = evidence;
          return server.submit(SUBMIT_STOP_FUEL, { vehicle, gallons, sigmaGal, full, fillTimeS });
        }
        case "mpg":
          return server.submit(SUBMIT_RADIO_MPG, { vehicle, mpg: evidence.mpg, sigmaMpg: evidence.sigmaMpg });
        case "out":
          return server.submit(SUBMIT_RUN_OUT, { vehicle });
        case "running":
          return server.submit(SUBMIT_STILL_RUNNING, { vehicle });
      }
    },
  };
}

/** Whether there is a new lap or flag. */
function turned(before: Board | null, board: Board): boolean {
  return before?.lap !== board.lap || before.flag !== board.flag;
}

/** Whether a car runs that the roster does not know. */
function stranger(live: Live, board: Board): boolean {
  const roster = new Set(live.session?.cars.map((car) => car.vehicleId));
  return board.cars.some((car) => !roster.has(car.vehicleId));
}
