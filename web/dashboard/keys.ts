/** Every key, once: what it is called, what the list says of it, and what it does. */

import type { Command } from "../core/desk";

/** A command to the desk, or a change of page. */
export type Action = Command | { readonly do: "open" } | { readonly do: "board" } | { readonly do: "back" };

export interface Key {
  /** As `KeyboardEvent.key`; letters in either case. */
  readonly key: string;
  readonly cap: string;
  readonly does: string;
  readonly action: Action;
}

export const KEYS: readonly Key[] = [
  { key: "1", cap: "1", does: "board", action: { do: "board" } },
  { key: "2", cap: "2", does: "chosen car", action: { do: "open" } },
  { key: "ArrowUp", cap: "↑", does: "choose the car above", action: { do: "move", by: -1 } },
  { key: "ArrowDown", cap: "↓", does: "choose the car below", action: { do: "move", by: 1 } },
  { key: "Enter", cap: "Enter", does: "open the chosen car", action: { do: "open" } },
  { key: "Escape", cap: "Esc", does: "back to the board", action: { do: "back" } },
  { key: "/", cap: "/", does: "find a car by number or name", action: { do: "overlay", show: "find" } },
  { key: "g", cap: "G", does: "sort by position", action: { do: "sort", by: "position" } },
  { key: "b", cap: "B", does: "sort by burn", action: { do: "sort", by: "burn" } },
  { key: "u", cap: "U", does: "change units everywhere", action: { do: "units" } },
  { key: "q", cap: "Q", does: "pin the chosen car as A", action: { do: "pin", as: "A" } },
  { key: "w", cap: "W", does: "pin the chosen car as B", action: { do: "pin", as: "B" } },
  { key: "f", cap: "F", does: "submit what is known of the chosen car's fuel", action: { do: "overlay", show: "evidence" } },
  { key: "?", cap: "?", does: "this list", action: { do: "overlay", show: "keys" } },
];

/** What a key press asks for; nothing while a text is typed or with a modifier that belongs to the browser. */
export function actionOf(event: KeyboardEvent): Action | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return undefined;
  return KEYS.find(({ key }) => key === event.key || key === event.key.toLowerCase())?.action;
}
