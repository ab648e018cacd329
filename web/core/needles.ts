/** Follows the needle of single cars: one subscription while anybody looks, and none else. Boards do not pass here. */

import { type Now, nowOf, UNKNOWN_NOW } from "./needle";
import { NEEDLE } from "./queries";
import type { Server } from "./server";
import type { Store } from "./store";

type Listener = (now: Now) => void;

export interface Needles {
  /** Calls with what the car burns now, about ten times a second, until the returned function is called. */
  follow(vehicleId: string, listener: Listener): () => void;
}

export function openNeedles(server: Server, store: Store): Needles {
  const cars = new Map<string, Set<Listener>>();
  let close: (() => void) | undefined;

  const update = (of: (vehicleId: string) => Now) => {
    for (const [vehicleId, listeners] of cars) {
      const now = of(vehicleId);
      for (const listener of listeners) listener(now);
    }
  };

  const listen = () => {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const stop = server.listen(NEEDLE, ({ needle }) => {
      const { board, session } = store.snapshot();
      clearTimeout(silence);
      if (session !== null) silence = setTimeout(() => update(() => UNKNOWN_NOW), session.staleAfterMs);
      if (needle.sessionId !== board?.sessionId) return;
      const received = new Map(needle.cars.map((car) => [car.vehicleId, car]));
      update((vehicleId) => nowOf(received.get(vehicleId)));
    });
    return () => {
      clearTimeout(silence);
      stop();
    };
  };

  return {
    follow(vehicleId, listener) {
      const listeners = cars.get(vehicleId) ?? new Set();
      cars.set(vehicleId, listeners);
      listeners.add(listener);
      close ??= listen();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) cars.delete(vehicleId);
        if (cars.size > 0) return;
        close?.();
        close = undefined;
      };
    },
  };
}
