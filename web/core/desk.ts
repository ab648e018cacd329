/** What the person at the desk has chosen. Commands come from keys; nothing here knows which. */

import { moved, ordered, type Sort } from "./order";
import type { Reading } from "./reading";

export interface Desk {
  readonly chosen: string | null;
  readonly pins: Readonly<Record<Pin, string | null>>;
  readonly sort: Sort;
  /** Which of the unit systems; counts on past the last. */
  readonly unit: number;
  readonly overlay: "find" | "keys" | "evidence" | null;
}

export type Pin = "A" | "B";

export type Command =
  | { readonly do: "move"; readonly by: number }
  | { readonly do: "choose"; readonly vehicleId: string }
  | { readonly do: "pin"; readonly as: Pin }
  | { readonly do: "sort"; readonly by: Sort }
  | { readonly do: "units" }
  | { readonly do: "overlay"; readonly show: Desk["overlay"] };

export const DESK: Desk = { chosen: null, pins: { A: null, B: null }, sort: "position", unit: 0, overlay: null };

/** `readings` are the cars there are to choose from. */
export function apply(desk: Desk, command: Command, readings: readonly Reading[]): Desk {
  switch (command.do) {
    case "move":
      return { ...desk, chosen: moved(ordered(readings, desk.sort), desk.chosen, command.by) };
    case "choose":
      return { ...desk, chosen: command.vehicleId };
    case "pin":
      return { ...desk, pins: pinned(desk, command.as) };
    case "sort":
      return { ...desk, sort: command.by };
    case "units":
      return { ...desk, unit: desk.unit + 1 };
    case "overlay":
      return { ...desk, overlay: command.show };
  }
}

/** Pins the chosen car, unpins it if it is there already; one car holds one pin. */
function pinned({ chosen, pins }: Desk, as: Pin): Desk["pins"] {
  if (chosen === null || pins[as] === chosen) return { ...pins, [as]: null };
  const other: Pin = as === "A" ? "B" : "A";
  return { ...pins, [as]: chosen, [other]: pins[other] === chosen ? null : pins[other] };
}
