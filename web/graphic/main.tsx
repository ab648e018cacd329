/** An on-air graphic, started: `/graphic/single?car=07` and its like, with `preview` and `safe` for whoever sets it up. */

import "../style/tokens.css";
import "./graphic.css";
import { createRoot } from "react-dom/client";
import { openNeedles } from "../core/needles";
import { named } from "../core/order";
import { originWord } from "../core/origin";
import { connect } from "../core/server";
import { openStore } from "../core/store";
import { type Air, dueMs, off, standing, step, stop, take } from "./air";
import { type Ask, askOf, type Graphic, partsOf } from "./graphic";
import { HEAD_TO_HEAD } from "./HeadToHead";
import { nowOf, Preview } from "./Preview";
import { Origin } from "./parts";
import { SINGLE } from "./Single";
import { STRIP } from "./Strip";

declare global {
  interface Window {
    /** The calls of CasparCG and of SPX. `data` is a request, as JSON or as in the address. */
    play(): void;
    stop(): void;
    update(data: string): void;
  }
}

const address = new URLSearchParams(location.search);
const preview = address.has("preview");
for (const flag of ["preview", "safe"]) document.body.classList.toggle(flag, address.has(flag));

switch (location.pathname.replace(/^\/graphic\/|\/$/g, "")) {
  case "head-to-head":
    start(HEAD_TO_HEAD);
    break;
  case "strip":
    start(STRIP);
    break;
  default:
    start(SINGLE);
}

function start<Shown>(graphic: Graphic<Shown>): void {
  const server = connect(location);
  const store = openStore(server, { past: false });
  const now = nowOf(openNeedles(server, store));
  const root = createRoot(document.getElementById("root") ?? document.body);
  let ask: Ask = askOf(address, graphic.keys);
  let air: Air<Shown> = off(ask.toString());
  let due: ReturnType<typeof setTimeout> | undefined;

  const become = (next: Air<Shown>) => {
    const live = store.snapshot();
    // Without the session a plate would carry a vehicle id, and nothing would show that a race is simulated.
    const sight = live.session === null ? undefined : graphic.see(live, new URLSearchParams(next.asked), standing(next));
    air = step(next, sight, performance.now());
    root.render(
      <>
        {"shown" in air && (
          <>
            {graphic.draw(air.shown, {
              phase: air.phase,
              reach: live.reach,
              fieldMpg: live.fieldMpg,
              window: live.session?.greenLapsWindow,
            })}
            <Origin word={originWord(live.session)} phase={air.phase} at={graphic.corner} />
          </>
        )}
        {preview && <Preview cars={graphic.cars(ask).flatMap((name) => named(live.readings, name) ?? [])} now={now} />}
      </>,
    );
    clearTimeout(due);
    const at = dueMs(air);
    if (at !== null) due = setTimeout(() => become(air), Math.max(1, at - performance.now()));
  };

  window.play = () => become(take(air, ask.toString(), performance.now()));
  window.stop = () => become(stop(air, performance.now()));
  window.update = (data) => {
    ask = askOf(partsOf(data), graphic.keys);
    if (air.phase !== "off") window.play();
  };

  store.subscribe(() => become(air));
  if (ask.toString() !== "") window.play();
}
