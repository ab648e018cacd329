/**
 * Watches the pages for a long time: `npm run soak -- --minutes 60 --pid 1234`, against the server of `BURNBAR_URL`.
 *
 * Once a minute it prints what the pages hold in memory and what an update costs; at the end what has grown.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launch, RESULTS, SERVER } from "./browser";
import { Probe, residentMb } from "./probe";
import { perHour } from "./slope";

/** Time that a page may take for scripts, styles and layout in each tenth of a second, milliseconds. */
const BUDGET_MS = 4;

interface Sample {
  readonly minute: number;
  readonly [figure: string]: number | null;
}

const { values: asked } = parseArgs({ options: { minutes: { type: "string", default: "10" }, pid: { type: "string" } } });
const minutes = Number(asked.minutes);

const browser = await launch();
const pages = {
  board: await opened(browser, "/"),
  strip: await opened(browser, "/graphic/strip?top&n=16"),
};
// Three panels, each with its needle: the most that the board draws.
await pages.board.waitForSelector(".row .name:not(:empty)");
await pages.board.keyboard.press("ArrowDown");
const probes = await Promise.all(Object.entries(pages).map(async ([name, page]) => [name, await Probe.of(page)] as const));

const samples: Sample[] = [];
for (let minute = 0; minute <= minutes; minute += 1) {
  await pages.board.waitForTimeout(minute === 0 ? 5_000 : 60_000);
  // A graphic that left under a caution comes back only when it is taken.
  await pages.strip.evaluate(() => window.play());
  const sample = await sampled(minute);
  samples.push(sample);
  console.log(row(sample));
}
await browser.close();
report(samples);

async function opened(browser: Browser, path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  page.on("pageerror", (error) => console.error(`${path}: ${error.message}`));
  await page.goto(SERVER + path);
  return page;
}

async function sampled(minute: number): Promise<Sample> {
  const figures: Record<string, number | null> = {};
  for (const [name, probe] of probes) {
    const { heapMb, nodes, listeners, meanMs, worstMs } = await probe.read();
    Object.assign(figures, {
      [`${name} heap MB`]: heapMb,
      [`${name} nodes`]: nodes,
      [`${name} listeners`]: listeners,
      [`${name} ms/100ms`]: meanMs,
      [`${name} worst ms`]: worstMs,
    });
  }
  figures["browser MB"] = await browserMb(browser);
  figures["server MB"] = asked.pid === undefined ? null : residentMb(Number(asked.pid));
  return { minute, ...figures };
}

/** Resident memory of the processes that draw pages. */
async function browserMb(browser: Browser): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => residentMb(id));
  return sizes.some((size) => size === null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

function row(sample: Sample): string {
  const cells = Object.values(sample).map((value) => text(value).padStart(9));
  const heads = Object.keys(sample).map((name) => name.padStart(9));
  return (
    (sample.minute === 0 ? `${heads.join("  ")}\n` : "") + cells.map((cell, i) => cell.padStart(heads[i]?.length ?? 0)).join("  ")
  );
}

function report(samples: readonly Sample[]): void {
  const figures = Object.keys(samples[0] ?? {}).filter((name) => name !== "minute");
  // The first minutes fill caches; `most` and growth are of those after.
  const settled = samples.filter(({ minute }) => minute >= minutes / 10);
  const summary = figures.map((name) => {
    const values = samples.map((sample) => sample[name] ?? null);
    const points = settled.flatMap((sample) => (sample[name] == null ? [] : [{ minute: sample.minute, value: sample[name] }]));
    const most = points.length === 0 ? null : Math.max(...points.map(({ value }) => value));
    return { name, first: values[0] ?? null, last: values.at(-1) ?? null, most, perHour: perHour(points) };
  });
  console.log(`\n${"".padEnd(18)}${["first", "last", "most", "per hour"].map((head) => head.padStart(10)).join("")}`);
  for (const { name, first, last, most, perHour } of summary) {
    console.log(name.padEnd(18) + [first, last, most, perHour].map((value) => text(value).padStart(10)).join(""));
  }
  const file = join(RESULTS, "soak.json");
  writeFileSync(file, `${JSON.stringify({ minutes, samples, summary }, null, 1)}\n`);
  const dear = summary.filter(({ name, most }) => name.endsWith("ms/100ms") && (most ?? 0) > BUDGET_MS);
  console.log(`\n${file}\n${dear.length === 0 ? "within" : "OVER"} ${BUDGET_MS} ms of scripts, styles and layout in 100 ms`);
  process.exitCode = dear.length === 0 ? 0 : 1;
}

function text(value: number | null | undefined): string {
  return value == null ? "–" : Number.isInteger(value) ? String(value) : value.toFixed(2);
}
