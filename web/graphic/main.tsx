/** The on-air graphic, started: `/graphic/single?car=07`, with `preview` and `safe` for whoever sets it up. */

import "../style/tokens.css";
import "./graphic.css";
import { createRoot } from "react-dom/client";
import { named } from "../core/order";
import { connect } from "../core/server";
import { openStore } from "../core/store";
import { type Air, dueMs, off, step, stop, take } from "./air";
import { Single } from "./Single";

declare global {
  interface Window {
    /** The calls of CasparCG and of SPX. `data` is a car, or JSON with one: `{"car":"07"}`. */
    play(): void;
    stop(): void;
    update(data: string): void;
  }
}

const asked = new URLSearchParams(location.search);
for (const flag of ["preview", "safe"]) document.body.classList.toggle(flag, asked.has(flag));

const store = openStore(connect(location), { laps: false });
const root = createRoot(document.getElementById("root") ?? document.body);
let car = asked.get("car") ?? "";
let air = off(car);
let due: ReturnType<typeof setTimeout> | undefined;

function become(next: Air): void {
  const { readings, board, session, reach } = store.snapshot();
  // Without the roster a plate would carry a vehicle id.
  air = step(next, session === null ? undefined : named(readings, next.car), performance.now());
  root.render(
    <Single
      air={air}
      reach={reach}
      fieldMpg={board?.fieldEconomy ?? null}
      held={asked.has("preview") ? named(readings, car) : undefined}
    />,
  );
  clearTimeout(due);
  const at = dueMs(air);
  if (at !== null) due = setTimeout(() => become(air), Math.max(1, at - performance.now()));
}

window.play = () => become(take(air, car, performance.now()));
window.stop = () => become(stop(air, performance.now()));
window.update = (data) => {
  car = carOf(data);
  if (air.phase !== "off") window.play();
};

store.subscribe(() => become(air));
if (car !== "") window.play();

function carOf(data: string): string {
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null && "car" in parsed ? String(parsed.car) : data;
  } catch {
    return data;
  }
}
