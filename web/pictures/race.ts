/** An ordinary race for pictures: made by rule, the same on every machine. */

import { board, car, forecast, insight, lap, session } from "../core/examples";
import { boilDown } from "../core/history";
import { type Live, meet, NOTHING, receive, tick } from "../core/live";
import type { BurnProfile, CarLap, FieldLap, Insight, Timeline } from "../core/queries";

const CARS = 12;
const LAPS = 200;

/** Between -1 and 1, without two neighbours alike. */
const wobble = (i: number) => (((i * 37) % 19) - 9) / 9;

/** Closed laps of one car: green but for a caution over laps 25 to 30, at the end of which it stops. */
export function carLaps(count: number): CarLap[] {
  return Array.from({ length: count }, (_, i) => {
    const number = i + 1;
    const label = number === 30 ? ("PIT" as const) : number >= 25 && number < 30 ? ("CAUTION" as const) : ("GREEN" as const);
    const economy = (label === "GREEN" ? 4.8 : 9) + 0.2 * wobble(i);
    const changes = { stint: number > 30 ? 1 : 0, fromUs: String(i * 47_000_000), toUs: String(i * 47_000_000 + 46_920_000) };
    return lap({ ...changes, lap: number, label, clean: label === "GREEN", economy, burned: 1.5 / economy });
  });
}

/** The field's, each car off the one before by a tenth of a mile a gallon. */
export const fieldLaps = (count: number): FieldLap[] =>
  Array.from({ length: CARS }, (_, i) =>
    carLaps(count).map(({ lap, label, clean, economy }) => ({
      vehicleId: `v${i}`,
      lap,
      label,
      clean,
      economy: economy === null ? null : economy - 0.1 * (i - 1),
    })),
  ).flat();

export const PROFILE: BurnProfile = {
  laps: 5,
  parts: Array.from({ length: 24 }, (_, i) => (i % 12 < 7 ? 5.2 : 0.4) + 0.3 * wobble(i)),
  field: Array.from({ length: 24 }, (_, i) => (i % 12 < 8 ? 5 : 0.6)),
};

const TIMELINE: Timeline = {
  flags: [
    { flag: "GREEN", lap: 1, toLap: 25 },
    { flag: "YELLOW", lap: 25, toLap: 31 },
    { flag: "GREEN", lap: 31, toLap: null },
  ],
  stops: [{ vehicleId: "v1", number: 1, lap: 30, boxStopUs: "0", boxLeaveUs: "9400000", added: 14.2, addedSd: 0.4, full: true }],
  stageEnds: [{ lap: 60, atUs: null }],
};

/** Cars from the front, `v0` to `v11`; every state that a row can have is one of them unless `changes` say otherwise. */
const STATES: readonly Partial<Insight>[] = [
  {},
  { mode: "NEUTRAL", relativePct: 0.4, relativeSdPct: 1 },
  { mode: "HARD", relativePct: 6.2, relativeLastLapPct: 7 },
  { quality: "STALE", ageMs: 3_200 },
  { quality: "LOST", ageMs: 12_000 },
  { mode: "PIT" },
  { mode: "OFF", lap: 88 },
  { greenLaps: 1, quality: "NOT_YET" },
  { quality: "NO_THROTTLE" },
  { economy5Sd: 0.12 },
  { stops: 0, quality: "EVIDENCE_CONFLICT" },
  { relativePct: null, position: null, remaining: null, lapsLeft: null, lap: null },
];

const DRIVERS = ["Casey Brandt", "Owen Stroud", "Bartholomew van Hohenzollern-Featherstone Jr."];

const spare = [-3, 0.4, 3.5, -1];

export const insights = (changes: Partial<Insight> = {}, states = STATES): Insight[] =>
  states.map((state, i) =>
    insight({
      vehicleId: `v${i}`,
      position: i + 1,
      lap: 51,
      stops: 1,
      forecast: forecast({ lapsToGo: LAPS - 50, lapsLong: spare[i % spare.length] ?? 0 }),
      ...state,
      ...changes,
    }),
  );

export const roster = Array.from({ length: CARS }, (_, i) =>
  car({ vehicleId: `v${i}`, number: i === 1 ? "07" : String(i), driver: DRIVERS[i % DRIVERS.length] ?? "", team: `Team ${i}` }),
);

/** What a page knows at lap 51. `silentMs` after its newest board. */
export function live(cars: readonly Insight[] = insights(), { flag = "GREEN" as Insight["flag"], silentMs = 0 } = {}): Live {
  const stories = [{ vehicleId: "v1", text: "07 saves: it lifts 190 ft early in turns 1 and 3." }];
  const news = board({ lap: 51, flag, cars: [...cars], stories });
  const met = meet(receive(NOTHING, news, 0), session({ laps: LAPS, cars: roster, origin: "SIMULATED" }));
  return tick({ ...met, history: boilDown(fieldLaps(50)), timeline: TIMELINE }, silentMs);
}
