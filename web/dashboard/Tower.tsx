/** The tower: a row a car, in order, one median line through all. */

import { useEffect, useRef } from "react";
import { lastLaps } from "../core/format";
import type { Reading } from "../core/reading";
import type { View } from "./App";
import { Row } from "./Row";

/** Room for rows, and the height of one while it lasts: 40 rows of 23 px, 41 to 44 of 21. */
const ROWS_PX = 924;
const ROW_PX = 23;

interface Props {
  readonly view: View;
  readonly order: readonly Reading[];
  readonly open: (vehicleId: string) => void;
  readonly choose: (vehicleId: string) => void;
}

export function Tower({ view, order, open, choose }: Props) {
  const { live, desk, units } = view;
  const pitch = Math.min(ROW_PX, Math.floor(ROWS_PX / Math.max(1, order.length)));
  const rank = new Map(order.map((reading, i) => [reading.vehicleId, i]));
  const pinOf = (id: string) => (desk.pins.A === id ? "A" : desk.pins.B === id ? "B" : null);
  const rows = useRef<HTMLDivElement>(null);
  // Whoever chooses by key is led there: the choice shows by its outline, and is read aloud by its label.
  useEffect(() => {
    if (desk.chosen !== null) rows.current?.focus({ preventScroll: true });
  }, [desk.chosen]);
  return (
    <section className="tower">
      <Head
        window={lastLaps(live.session?.greenLapsWindow)}
        label={units.economy.label}
        fuel={units.fuel.label}
        sort={desk.sort}
      />
      <div
        ref={rows}
        className="rows"
        role="listbox"
        aria-label="Cars"
        tabIndex={0}
        aria-activedescendant={desk.chosen === null ? undefined : `car-${desk.chosen}`}
      >
        {live.readings.map((reading) => (
          <Row
            key={reading.vehicleId}
            reading={reading}
            units={units}
            trend={live.history.recent.get(reading.vehicleId)}
            reach={live.reach}
            rank={rank.get(reading.vehicleId) ?? 0}
            pitch={pitch}
            chosen={desk.chosen === reading.vehicleId}
            pin={pinOf(reading.vehicleId)}
            open={open}
            choose={choose}
          />
        ))}
        {live.board?.fieldEconomy != null && <i className="median" style={{ height: order.length * pitch }} />}
      </div>
    </section>
  );
}

function Head({ window, label, fuel, sort }: { window: string; label: string; fuel: string; sort: string }) {
  return (
    <div className="columns head" aria-hidden="true">
      <span className="wide-label">
        {window}, by {sort}
      </span>
      <span className="why">why</span>
      <span>16 laps</span>
      <span className="scale-head">
        <span className="save">← burns less</span>
        <span>field</span>
        <span className="hard">burns more →</span>
      </span>
      <span>driver is</span>
      <span className="right unit">{label}</span>
      <span className="right">last</span>
      <span className="right">stint</span>
      <span className="right">laps</span>
      <span className="right">{fuel} left</span>
      <span className="right">laps in tank</span>
    </div>
  );
}
