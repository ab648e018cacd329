/** Beside the tower: who makes the end, the field by burn, and the cars that are chosen or pinned. */

import { barSide } from "../core/bar";
import {
  axis,
  ENDING_SIDE,
  type Ending,
  endInReach,
  ending,
  endings,
  inTank,
  lapsToGo,
  lapsToSpare,
  soundCars,
  spread,
} from "../core/field";
import { amount, lastLaps, plural } from "../core/format";
import { ordered } from "../core/order";
import type { Reading } from "../core/reading";
import { extent, ticks } from "../core/scale";
import { type Dot, FieldPlot } from "../marks/FieldPlot";
import { type Tallied, Tally } from "../marks/Tally";
import type { View } from "./App";
import { CarPanel } from "./CarPanel";

/** Laps of tank that are shown each way at least. */
const AROUND_LAPS = 4;

export function Side({ view }: { view: View }) {
  const { live } = view;
  const reachable = endInReach(live.readings);
  return (
    <aside className="side">
      {reachable && <Ends view={view} />}
      <ByBurn view={view} />
      <ByTank view={view} toGo={reachable ? lapsToGo(live.board) : null} />
      <Panels view={view} reachable={reachable} />
    </aside>
  );
}

function Ends({ view: { live } }: { view: View }) {
  const toGo = lapsToGo(live.board);
  const counts = endings(live.readings);
  const part = (end: Ending, text: string, tone: Tallied["tone"]) => ({ count: counts[end], text, tone });
  const parts = [
    part("short", "short", "hard"),
    part("close", "too close to call", "even"),
    part("makes", counts.makes === 1 ? "makes it" : "make it", "save"),
    part("unknown", "not known", "quiet"),
  ];
  return (
    <section>
      <h2>
        To the end on this tank <span>{toGo !== null && `${plural(toGo, "lap")} to go, `}all green, at each car’s pace now</span>
      </h2>
      <Tally parts={parts} />
    </section>
  );
}

function ByBurn({ view }: { view: View }) {
  const { live, units } = view;
  const sound = soundCars(live.readings);
  const dots = sound.map((reading) => dot(view, reading, reading.relative ?? 0, barSide(reading.bar)));
  const marks = axis(live.fieldMpg, live.reach).map(({ pct, mpg }) => ({
    at: pct,
    label: amount(mpg, units.economy) + (pct === 0 ? ` ${units.economy.label}` : ""),
  }));
  return (
    <section>
      <h2>
        The field, by burn{" "}
        <span>
          {lastLaps(live.session?.greenLapsWindow)} in green, {sound.length} cars with a sound estimate
        </span>
      </h2>
      <FieldPlot dots={dots} domain={{ lo: -live.reach, hi: live.reach }} ticks={marks} rule={0} height={150} />
    </section>
  );
}

function ByTank({ view, toGo }: { view: View; toGo: number | null }) {
  const cars = view.live.readings.filter((reading) => inTank(reading).laps !== null);
  const dots = cars.map((r) => dot(view, r, r.insight.lapsLeft ?? 0, ENDING_SIDE[ending(lapsToSpare(r))]));
  const left = extent(cars.flatMap((reading) => reading.insight.lapsLeft ?? []));
  if (left === null) return null;
  const middle = (left.lo + left.hi) / 2;
  const around = extent([left.lo, left.hi, toGo ?? middle, middle - AROUND_LAPS, middle + AROUND_LAPS]) ?? left;
  const domain = { lo: Math.max(0, Math.floor(around.lo) - 1), hi: Math.ceil(around.hi) + 1 };
  return (
    <section>
      <h2>
        The field, by laps in the tank <span>{toGo === null ? "the flag is out of reach" : "line: the flag"}</span>
      </h2>
      <FieldPlot
        dots={dots}
        domain={domain}
        ticks={ticks(domain, 8).map((lap) => ({ at: lap, label: String(lap) }))}
        rule={toGo}
        height={136}
      />
    </section>
  );
}

/** The chosen car, then A and B; until they are pinned, who burns least and most. */
function Panels({ view, reachable }: { view: View; reachable: boolean }) {
  const { live, desk } = view;
  const byBurn = ordered(soundCars(live.readings), "burn");
  const of = (id: string | null) => live.readings.find((reading) => reading.vehicleId === id);
  const slots = [
    { tag: "chosen", reading: of(desk.chosen) },
    { tag: desk.pins.A === null ? "burns least" : "A", reading: of(desk.pins.A) ?? byBurn.at(0) },
    { tag: desk.pins.B === null ? "burns most" : "B", reading: of(desk.pins.B) ?? byBurn.at(-1) },
  ];
  const shown = slots.filter(({ tag, reading }) => tag !== "chosen" || !slots.slice(1).some((slot) => slot.reading === reading));
  return shown.map(
    ({ tag, reading }) =>
      reading && (
        <CarPanel key={tag} tag={tag} reading={reading} view={view} reachable={reachable} spread={spread(live.readings)} />
      ),
  );
}

function dot({ desk }: View, reading: Reading, at: number, tone: Dot["tone"]): Dot {
  const boxed = [desk.chosen, desk.pins.A, desk.pins.B].includes(reading.vehicleId);
  return { key: reading.vehicleId, number: reading.number, at, tone, boxed };
}
