import { type BarView, type Cells, cellsOf, type Needle, needleAt } from "../core/bar";
import { insight } from "../core/examples";
import { boilDown } from "../core/history";
import type { Word } from "../core/reading";
import { tankPath } from "../core/tank";
import { lapPoint } from "../core/trend";
import { MPG, unitSystems } from "../core/units";
import { AIR, AIR_ROW, AIR_STRIP, type BarSize, BurnBar, PAGE, PANEL, ROW } from "../marks/BurnBar";
import { Cautions, Chart } from "../marks/Chart";
import { FieldPlot } from "../marks/FieldPlot";
import { Hatch } from "../marks/Hatch";
import { LapBurn } from "../marks/LapBurn";
import { Logo } from "../marks/Logo";
import { ModeWord, Shape } from "../marks/ModeWord";
import { NowMark } from "../marks/NowMark";
import { RaceLine } from "../marks/RaceLine";
import { Sparkline } from "../marks/Sparkline";
import { Tally } from "../marks/Tally";
import { TankChart } from "../marks/TankChart";
import { TrendChart } from "../marks/TrendChart";
import { checkPictures } from "./check";
import type { States } from "./picture";
import { carLaps, fieldLaps, PROFILE } from "./race";

const REACH = 12;
const cells = (lo: number, hi: number): Cells => cellsOf({ lo, hi }, REACH);
const live = (lo: number, hi: number, needle: Needle = needleAt((lo + hi) / 2, REACH), ghost: number | null = null): BarView => ({
  kind: "live",
  cells: cells(lo, hi),
  needle,
  ghost,
});
const SAVING = live(-9.07, -6.13, undefined, -9.1);
const VIEWS: Readonly<Record<string, BarView>> = {
  saving: SAVING,
  hard: live(3.2, 8.4, undefined, 6.5),
  even: live(-1.4, 0.9),
  unsure: live(-11, 11),
  wide: {
    kind: "live",
    cells: { side: "save", solid: { from: -9, to: -9 }, hollow: { from: -9, to: 0 } },
    needle: needleAt(-5, REACH),
    ghost: null,
  },
  "off-scale": live(13, 16, needleAt(14.5, REACH), 20),
  resting: { kind: "resting", cells: cells(-9, -6) },
  stale: { kind: "stale", cells: cells(1, 4) },
  "stale-without-cells": { kind: "stale", cells: null },
  empty: { kind: "empty" },
  pit: { kind: "pit" },
  out: { kind: "out" },
};
const bar = (
  view: BarView,
  size: BarSize,
  rest: { readonly edges?: boolean; readonly spread?: { lo: number; hi: number } } = {},
) => <BurnBar view={view} size={size} reach={REACH} median {...rest} />;
const bars = (prefix: string, size: BarSize, edges = false): States =>
  Object.fromEntries(Object.entries(VIEWS).map(([name, view]) => [`${prefix}-${name}`, bar(view, size, { edges })]));

const WORDS: Readonly<Record<string, Word>> = {
  saving: { text: "SAVING", tone: "save" },
  neutral: { text: "NEUTRAL", tone: "even" },
  hard: { text: "HARD", tone: "hard" },
  caution: { text: "CAUTION", tone: "caution" },
  "red-flag": { text: "RED FLAG", tone: "red-flag" },
  pit: { text: "PIT ROAD", tone: "ink" },
  lost: { text: "LOST", tone: "quiet" },
  long: { text: "NO THROTTLE", tone: "quiet" },
};

const ONE_TO = (n: number) => Array.from({ length: n }, (_, i) => i);
const dots = (n: number, pct: (i: number) => number, boxed: number | null = null) =>
  ONE_TO(n).map((i) => ({
    key: `v${i}`,
    number: String(i),
    at: pct(i),
    tone: pct(i) < -2 ? ("save" as const) : pct(i) > 2 ? ("hard" as const) : ("even" as const),
    boxed: i === boxed,
  }));
const AXIS = [-12, -6, 0, 6, 12].map((at) => ({ at, label: String(at) }));
const field = (n: number, pct: (i: number) => number, boxed: number | null = null) => (
  <FieldPlot dots={dots(n, pct, boxed)} domain={{ lo: -REACH, hi: REACH }} ticks={AXIS} rule={0} height={150} />
);

const history = boilDown(fieldLaps(60));
const trend = (laps: number, closed = carLaps(laps), known = history, unit = MPG.economy) => (
  <TrendChart
    width={800}
    height={226}
    points={closed.map((lap) => lapPoint(lap, known.bands))}
    history={known}
    stops={laps > 30 ? [30] : []}
    laps={100}
    unit={unit}
  />
);

const levels = ONE_TO(5).map((i) => ({ laps: 10 * i, range: { lo: 17 - 3 * i, hi: 18 - 3 * i } }));
const tanked = { lap: 42, lapDistance: 0.5, remaining: 4, remainingSd: 0.5, lapsLeft: 14, lapsLeftSd: 2 };
const tank = (
  changes: Partial<ReturnType<typeof insight>>,
  tone: "save" | "even" | "hard",
  past = levels,
  laps: number | null = 60,
) => {
  const path = tankPath(insight({ ...tanked, ...changes }), past);
  return path && <TankChart width={800} height={196} path={path} tank={20} laps={laps} unit={MPG.fuel} tone={tone} />;
};

const race = { width: 800, laps: 200, done: 80.5, stages: [60, 120], shades: [], stops: [] };
const parts = (short: number, close: number, makes: number, unknown: number) => [
  { count: short, text: "short", tone: "hard" as const },
  { count: close, text: "too close to call", tone: "even" as const },
  { count: makes, text: "make it", tone: "save" as const },
  { count: unknown, text: "not known", tone: "quiet" as const },
];

checkPictures("marks", {
  BurnBar: {
    ...bars("row", ROW),
    ...bars("air", AIR, true),
    "panel-saving": bar(SAVING, PANEL, { spread: { lo: -3, hi: 2.5 } }),
    "panel-stale": bar({ kind: "stale", cells: cells(1, 4) }, PANEL),
    "page-saving": bar(SAVING, PAGE, { spread: { lo: -3, hi: 2.5 } }),
    "page-pit": bar({ kind: "pit" }, PAGE),
    "air-row-hard": bar(live(3.2, 8.4), AIR_ROW, { edges: true }),
    "air-strip-saving": <BurnBar view={live(-2, -1)} size={AIR_STRIP} reach={3} median />,
    "row-without-median": <BurnBar view={SAVING} size={PANEL} reach={REACH} median={false} />,
    superspeedway: <BurnBar view={{ ...live(-16, -9), needle: needleAt(-12.5, 20) } as BarView} size={ROW} reach={20} median />,
  },
  Chart: {
    empty: <Chart width={400} height={120} label="none" xTicks={[]} yTicks={[]}>{null}</Chart>,
    cautions: (
      <Chart
        width={400}
        height={120}
        label="two cautions"
        xTicks={[{ at: 100, label: "10" }]}
        yTicks={[{ at: 60, label: "4.6" }]}
      >
        <Cautions laps={[0, 1, 2, 8]} x={(lap) => 54 + 30 * lap} height={90} />
      </Chart>
    ),
  },
  FieldPlot: {
    spread: field(20, (i) => i - 10),
    crowded: field(40, (i) => (i % 4) - 2),
    "beyond-the-axis": field(3, (i) => 30 * (i - 1), 2),
    empty: field(0, () => 0),
  },
  Hatch: {
    row: (
      <svg width={288} height={11} aria-hidden="true">
        <Hatch width={288} height={11} />
      </svg>
    ),
    page: (
      <svg width={1210} height={44} aria-hidden="true">
        <Hatch width={1210} height={44} />
      </svg>
    ),
  },
  LapBurn: {
    "with-field": <LapBurn width={800} height={194} parts={PROFILE.parts} field={PROFILE.field} />,
    "without-field": <LapBurn width={800} height={194} parts={PROFILE.parts} field={null} />,
    coasting: <LapBurn width={800} height={194} parts={[4, 0, 0, 4]} field={[2, 2, 2, 2]} />,
    "nothing-burned": <LapBurn width={800} height={194} parts={[0, 0, 0]} field={null} />,
  },
  Logo: { mark: <Logo /> },
  ModeWord: Object.fromEntries(
    Object.entries(WORDS).map(([name, word]) => [name, <ModeWord key={name} word={word} size={20} />]),
  ),
  Shape: {
    saving: <Shape tone="save" size={22} />,
    neutral: <Shape tone="even" size={22} />,
    hard: <Shape tone="hard" size={22} />,
  },
  NowMark: { "before-it-moves": <NowMark mount={() => undefined} /> },
  RaceLine: {
    green: <RaceLine {...race} />,
    "before-the-start": <RaceLine {...race} done={0} stages={[]} />,
    "caution-and-stops": <RaceLine {...race} shades={[{ kind: "caution", lo: 20, hi: 26 }]} stops={[22, 55]} />,
    "red-flag": <RaceLine {...race} shades={[{ kind: "red", lo: 80, hi: 80 }]} />,
    finished: <RaceLine {...race} done={200} shades={[{ kind: "caution", lo: 195, hi: 200 }]} stops={[22, 55, 98, 140, 180]} />,
  },
  Sparkline: {
    none: <Sparkline pcts={[]} side="even" />,
    one: <Sparkline pcts={[-3]} side="save" />,
    sixteen: <Sparkline pcts={ONE_TO(16).map((i) => i - 8)} side="hard" />,
    "beyond-its-edge": <Sparkline pcts={[-40, 40]} side="hard" />,
  },
  Tally: {
    all: <Tally parts={parts(16, 11, 7, 6)} />,
    "one-kind": <Tally parts={parts(0, 0, 40, 0)} />,
    "narrow-ends": <Tally parts={parts(38, 1, 1, 0)} />,
    nobody: <Tally parts={parts(0, 0, 0, 0)} />,
  },
  TankChart: {
    "makes-it": tank({ lapsLeft: 24 }, "save"),
    close: tank({ lapsLeft: 17.5 }, "even"),
    short: tank({}, "hard"),
    "just-opened": tank({}, "hard", []),
    "after-a-stop": tank({ remaining: 18, lapsLeft: 50 }, "save", [...levels, { laps: 41, range: { lo: 16, hi: 20 } }]),
    dry: tank({ remaining: 0.1, lapsLeft: 0 }, "hard"),
    "pace-unknown": tank({ lapsLeft: null }, "even"),
    "length-unknown": tank({}, "even", levels, null),
  },
  TrendChart: {
    race: trend(55),
    "first-lap": trend(1),
    "no-lap": trend(0),
    "field-unknown": trend(20, carLaps(20), boilDown([])),
    "gap-and-wide": trend(
      40,
      carLaps(40)
        .map((lap) => (lap.lap % 7 === 0 ? { ...lap, burnedSd: 0.05 } : lap))
        .filter(({ lap }) => lap < 10 || lap > 16),
    ),
    "litres-per-100-km": trend(55, carLaps(55), history, unitSystems(null)[1]?.economy),
  },
});
