import { DESK, type Desk } from "../core/desk";
import type { Live } from "../core/live";
import { NOTHING } from "../core/live";
import type { Insight } from "../core/queries";
import { unitSystems } from "../core/units";
import type { View } from "../dashboard/App";
import { Board } from "../dashboard/Board";
import { Car } from "../dashboard/CarPage";
import { CarPanel } from "../dashboard/CarPanel";
import { CarSide } from "../dashboard/CarSide";
import { Evidence } from "../dashboard/Evidence";
import { Find } from "../dashboard/Find";
import { KeyList } from "../dashboard/KeyList";
import { NowMark } from "../dashboard/NowMark";
import { Row } from "../dashboard/Row";
import { Side } from "../dashboard/Side";
import { Stints } from "../dashboard/Stints";
import { TimeBar } from "../dashboard/TimeBar";
import { TopBar } from "../dashboard/TopBar";
import { Tower } from "../dashboard/Tower";
import { checkPictures } from "./check";
import { carLaps, insights, live, PROFILE } from "./race";

// The data clock is of the place of whoever looks.
process.env.TZ = "UTC";

const NEEDLES = { follow: () => () => undefined };
const ignore = () => undefined;

function view(known: Live = live(), desk: Partial<Desk> = {}, units = 0): View {
  const systems = unitSystems(known.session);
  return { live: known, desk: { ...DESK, ...desk }, units: systems[units] ?? systems[0], needles: NEEDLES };
}

/** Every car alike but for its place. */
const all = (changes: Partial<Insight>) => insights(changes, [{}, {}, {}, {}]);
const ended = (lapsLong: number) =>
  live(insights({}, [{}]).map((car) => ({ ...car, forecast: car.forecast && { ...car.forecast, lapsLong, lapsLongSd: 0.5 } })));
const CAUTION = live(all({ mode: "CAUTION", flag: "YELLOW" }), { flag: "YELLOW" });
const UNKNOWN = live(all({ forecast: null }));
const STALE = live(insights(), { silentMs: 2_500 });
const LOST = live(insights(), { silentMs: 10_500 });
const CHOSEN: Partial<Desk> = { chosen: "v2", pins: { A: "v0", B: "v1" } };

const row = (changes: Partial<Insight>, rest: { chosen?: boolean; pin?: "A" | null } = {}) => {
  const known = live(insights(changes, [{}]));
  const { units } = view(known);
  const reading = known.readings[0];
  return (
    reading && (
      <Row
        reading={reading}
        units={units}
        trend={known.history.recent.get(reading.vehicleId)}
        reach={known.reach}
        rank={0}
        pitch={23}
        chosen={rest.chosen ?? false}
        pin={rest.pin ?? null}
        open={ignore}
        choose={ignore}
      />
    )
  );
};

const STATES: Readonly<Record<string, Partial<Insight>>> = {
  sound: {},
  wide: { economy5Sd: 0.12 },
  unsure: { economy5Sd: 0.3 },
  "not-yet": { greenLaps: 1, quality: "NOT_YET" },
  "no-rpm": { quality: "NO_RPM" },
  stale: { quality: "STALE", ageMs: 3_000 },
  lost: { quality: "LOST", ageMs: 12_000 },
  caution: { mode: "CAUTION", flag: "YELLOW" },
  "red-flag": { mode: "CAUTION", flag: "RED" },
  pit: { mode: "PIT" },
  out: { mode: "OFF" },
  unchecked: { stops: 0 },
  uncalibrated: { quality: "UNCALIBRATED" },
  "tank-conflict": { quality: "LEVEL_CONFLICT" },
  "nothing-known": { quality: "UNKNOWN", mode: "UNKNOWN", ageMs: null, economy5: null, relativePct: null, lap: null, position: null },
};
const each = <Drawn,>(draw: (changes: Partial<Insight>) => Drawn) =>
  Object.fromEntries(Object.entries(STATES).map(([state, changes]) => [state, draw(changes)]));

const panel = (known: Live, tag = "A", reachable = true) => {
  const reading = known.readings[0];
  return reading && <CarPanel tag={tag} reading={reading} view={view(known)} reachable={reachable} spread={{ lo: -2, hi: 3 }} />;
};
const side = (known: Live, laps = carLaps(50), units = 0) => {
  const reading = known.readings[1] ?? known.readings[0];
  return reading && <CarSide view={view(known, {}, units)} reading={reading} laps={laps} />;
};
const car = (known: Live, count: number, profile: typeof PROFILE | null = PROFILE, units = 0) => (
  <Car view={view(known, {}, units)} vehicleId="v1" past={{ laps: carLaps(count), burnProfile: profile }} />
);
const stints = (known: Live, count: number, index = 1) => {
  const reading = known.readings[index];
  return reading && <Stints view={view(known)} reading={reading} laps={carLaps(count)} />;
};
const tower = (known: Live, desk: Partial<Desk> = {}) => (
  <Tower view={view(known, desk)} order={known.readings} open={ignore} choose={ignore} />
);
const first = live().readings[0];

checkPictures("dashboard", {
  Board: {
    race: <Board view={view(live(), CHOSEN)} open={ignore} choose={ignore} />,
    "before-the-first": <Board view={view(NOTHING)} open={ignore} choose={ignore} />,
    "no-link": <Board view={view(STALE)} open={ignore} choose={ignore} />,
    lost: <Board view={view(LOST)} open={ignore} choose={ignore} />,
  },
  Car: {
    race: car(live(), 50),
    "first-lap": car(live(), 0, null),
    caution: car(CAUTION, 28),
    "no-forecast": car(UNKNOWN, 50, { ...PROFILE, field: null }),
    lost: car(LOST, 50),
    metric: car(live(), 50, PROFILE, 1),
    "not-in-the-race": <Car view={view()} vehicleId="v99" past={{ laps: [], burnProfile: null }} />,
    "before-the-first": <Car view={view(NOTHING)} vehicleId="v1" past={{ laps: [], burnProfile: null }} />,
  },
  CarPanel: {
    ...each((changes) => panel(live(insights(changes, [{}])))),
    chosen: panel(live(), "chosen"),
    "makes-it": panel(ended(3)),
    short: panel(ended(-3)),
    close: panel(ended(0.2)),
    "end-out-of-reach": panel(ended(-3), "A", false),
  },
  CarSide: {
    race: side(live()),
    "no-lap": side(live(), []),
    "no-forecast": side(UNKNOWN),
    sure: side(live(all({}).map((one) => ({ ...one, forecast: one.forecast && { ...one.forecast, makeIt: 0.999, lapsLong: 4 } })))),
    "out-of-reach": side(
      live(all({}).map((one) => ({ ...one, forecast: one.forecast && { ...one.forecast, makeIt: 0.001, lapsLong: -40, saveTarget: null } }))),
    ),
    "filled-in": side(live(all({ imputedPct: 4.2, imputedLapPct: 9, lastLapImputedPct: 1, economy5ImputedPct: 3, quality: "IMPUTED" }))),
    lost: side(LOST),
    metric: side(live(), carLaps(50), 1),
  },
  Evidence: { open: first && <Evidence reading={first} submit={async () => null} close={ignore} /> },
  Find: { open: <Find readings={live().readings} close={ignore} choose={ignore} /> },
  KeyList: { all: <KeyList /> },
  NowMark: { "before-it-moves": <NowMark needles={NEEDLES} vehicleId="v1" units={view().units} /> },
  Row: {
    ...each((changes) => row(changes)),
    "chosen-and-pinned": row({}, { chosen: true, pin: "A" }),
  },
  Side: {
    race: <Side view={view(live(), CHOSEN)} />,
    "end-out-of-reach": <Side view={view(ended(-30))} />,
    "no-forecast": <Side view={view(UNKNOWN)} />,
    "nobody-sound": <Side view={view(live(all({ quality: "NOT_YET", greenLaps: 0, remaining: null, lapsLeft: null })))} />,
  },
  Stints: {
    "two-stints": stints(live(), 50),
    "no-lap": stints(live(), 0),
    "stop-unknown": stints(live(), 50, 0),
  },
  TimeBar: {
    race: <TimeBar live={live()} units={view().units} chosen="v1" />,
    "no-stop": <TimeBar live={live()} units={view().units} chosen="v0" />,
    "nobody-chosen": <TimeBar live={live()} units={view().units} chosen={null} />,
    "before-the-first": <TimeBar live={NOTHING} units={view().units} chosen={null} />,
  },
  TopBar: {
    race: <TopBar view={view()} page="board" />,
    car: <TopBar view={view()} page="car" />,
    caution: <TopBar view={view(CAUTION)} page="board" />,
    "no-link": <TopBar view={view(STALE)} page="board" />,
    "before-the-first": <TopBar view={view(NOTHING)} page="board" />,
  },
  Tower: {
    race: tower(live(), CHOSEN),
    "by-burn": tower(live(), { sort: "burn" }),
    "no-car": tower(live([])),
  },
});
