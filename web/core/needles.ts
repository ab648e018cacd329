/** Follows the needle of single cars: one subscription while anybody looks, and none else. Boards do not pass here. */

import { applyNeedle, applyWindow, type Now, UNKNOWN_NOW } from "./needle";
import { NEEDLE } from "./queries";
import { STALE_MS } from "./reading";
import type { Server } from "./server";
import type { Store } from "./store";

type Listener = (now: Now) => void;

export interface Needles {
  /** Calls with what the car burns now, about ten times a second, until the returned function is called. */
  follow(vehicleId: string, listener: Listener): () => void;
}

interface Followed {
  now: Now;
  readonly listeners: Set<Listener>;
}

export function openNeedles(server: Server, store: Store): Needles {
  const cars = new Map<string, Followed>();
  let close: (() => void) | undefined;

  const update = (fold: (now: Now, vehicleId: string) => Now) => {
    for (const [vehicleId, car] of cars) {
      car.now = fold(car.now, vehicleId);
      for (const listener of car.listeners) listener(car.now);
    }
  };

  const listen = () => {
    let silence: ReturnType<typeof setTimeout> | undefined;
    const stop = server.listen(NEEDLE, ({ needle }) => {
      clearTimeout(silence);
      silence = setTimeout(() => update(() => UNKNOWN_NOW), STALE_MS);
      if (needle.sessionId !== store.snapshot().board?.sessionId) return;
      const received = new Map(needle.cars.map((car) => [car.vehicleId, car]));
      update((now, vehicleId) => applyNeedle(now, needle.slotEndUs, received.get(vehicleId)));
    });
    let board = store.snapshot().board;
    const leave = store.subscribe(() => {
      const { board: next } = store.snapshot();
      if (next === null || next === board) return;
      const from = board?.windowEndUs ?? next.windowEndUs;
      const rates = new Map(next.cars.map((car) => [car.vehicleId, car.rateGS]));
      for (const [vehicleId, car] of cars) car.now = applyWindow(car.now, from, next.windowEndUs, rates.get(vehicleId) ?? null);
      board = next;
    });
    return () => {
      clearTimeout(silence);
      stop();
      leave();
    };
  };

  return {
    follow(vehicleId, listener) {
      const car = cars.get(vehicleId) ?? { now: UNKNOWN_NOW, listeners: new Set() };
      cars.set(vehicleId, car);
      car.listeners.add(listener);
      close ??= listen();
      return () => {
        car.listeners.delete(listener);
        if (car.listeners.size === 0) cars.delete(vehicleId);
        if (cars.size > 0) return;
        close?.();
        close = undefined;
      };
    },
  };
}
