import { board, car, session } from "../core/examples";
import { type Live, meet, receive, NOTHING } from "../core/live";
import type { Insight } from "../core/queries";
import type { Economy } from "../core/reading";
import { type Graphic, askOf } from "../graphic/graphic";
import { HEAD_TO_HEAD } from "../graphic/HeadToHead";
import { Axis, Figure, Origin } from "../graphic/parts";
import { Preview } from "../graphic/Preview";
import { SINGLE } from "../graphic/Single";
import { STRIP } from "../graphic/Strip";
import { checkPictures } from "./check";
import { insights, live } from "./race";

/** What a graphic draws on air; an error where it has nothing to show, which would be a picture of nothing. */
function drawn<Shown>(graphic: Graphic<Shown>, request: string, known: Live, phase: "entering" | "on" | "leaving" = "on") {
  const sight = graphic.see(known, askOf(new URLSearchParams(request), graphic.keys), undefined);
  if (sight === undefined) throw new Error(`${request} shows nothing`);
  return graphic.draw(sight.shown, { phase, reach: known.reach, fieldMpg: known.fieldMpg, window: known.session?.greenLapsWindow });
}

const field = (a: Partial<Insight> = {}, b: Partial<Insight> = {}, ...others: Partial<Insight>[]) =>
  live(insights({}, [a, b, ...others]));
const HARD: Partial<Insight> = { mode: "HARD", relativePct: 6.2, economy5: 4.3 };
const STALE: Partial<Insight> = { quality: "STALE", ageMs: 3_000 };
const WIDE: Partial<Insight> = { economy5Sd: 0.11 };
const LONG = meet(
  receive(NOTHING, board({ cars: insights({}, [{}]) }), 0),
  session({ cars: [car({ vehicleId: "v0", number: "00", driver: "Bartholomew van Hohenzollern-Featherstone Jr." })] }),
);
const economy: Readonly<Record<string, Economy>> = {
  number: { kind: "number", mpg: 5, range: { lo: 4.9, hi: 5.1 }, about: false },
  about: { kind: "number", mpg: 5, range: { lo: 4.9, hi: 5.1 }, about: true },
  range: { kind: "range", range: { lo: 4.7, hi: 5.3 } },
  none: { kind: "none" },
};

checkPictures("graphic", {
  Single: {
    saving: drawn(SINGLE, "car=0", field()),
    entering: drawn(SINGLE, "car=0", field(), "entering"),
    leaving: drawn(SINGLE, "car=0", field(), "leaving"),
    hard: drawn(SINGLE, "car=0", field(HARD)),
    neutral: drawn(SINGLE, "car=0", field({ mode: "NEUTRAL", relativePct: 0.2 })),
    stale: drawn(SINGLE, "car=0", field(STALE)),
    range: drawn(SINGLE, "car=0", field(WIDE)),
    "not-yet-checked": drawn(SINGLE, "car=0", field({ stops: 0 })),
    "no-field": drawn(SINGLE, "car=0", { ...field({ relativePct: null }), fieldMpg: null }),
    "off-scale": drawn(SINGLE, "car=0", field({ relativePct: 17 })),
    "long-name": drawn(SINGLE, "car=00", LONG),
  },
  HeadToHead: {
    sure: drawn(HEAD_TO_HEAD, "a=0&b=07", field({}, HARD)),
    "too-close": drawn(HEAD_TO_HEAD, "a=0&b=07", field()),
    about: drawn(HEAD_TO_HEAD, "a=0&b=07", field({ stops: 0 }, HARD)),
    stale: drawn(HEAD_TO_HEAD, "a=0&b=07", field({}, { ...HARD, ...STALE })),
    range: drawn(HEAD_TO_HEAD, "a=0&b=07", field(WIDE, HARD)),
    entering: drawn(HEAD_TO_HEAD, "a=0&b=07", field({}, HARD), "entering"),
    leaving: drawn(HEAD_TO_HEAD, "a=0&b=07", field({}, HARD), "leaving"),
  },
  Strip: {
    top: drawn(STRIP, "top&n=12", live()),
    "follows-a-car": drawn(STRIP, "car=07&n=3", live()),
    stale: drawn(STRIP, "top", field(STALE, { ...HARD, ...STALE })),
    "a-dash": drawn(STRIP, "top", field({ economy5Sd: 0.3 }, HARD, { mode: "PIT" })),
    "one-car": drawn(STRIP, "cars=07", live()),
    leaving: drawn(STRIP, "top&n=3", live(), "leaving"),
  },
  Preview: {
    ready: <Preview cars={field().readings.slice(0, 1)} now={() => () => undefined} />,
    "held-back": <Preview cars={live().readings} now={() => () => undefined} />,
    "nobody-asked-for": <Preview cars={[]} now={() => () => undefined} />,
  },
  Figure: Object.fromEntries(
    Object.entries(economy).map(([name, one]) => [name, <Figure key={name} className="figure" economy={one} />]),
  ),
  Axis: { field: <Axis fieldMpg={4.6} />, "no-field": <Axis fieldMpg={null} /> },
  Origin: {
    simulated: <Origin word="SIMULATED" phase="on" at={SINGLE.corner} />,
    leaving: <Origin word="RECONSTRUCTED" phase="leaving" at={STRIP.corner} />,
    recorded: <Origin word={null} phase="on" at={SINGLE.corner} />,
  },
});

