/** What a page costs, as its browser counts it. */

import { readFileSync } from "node:fs";
import type { CDPSession, Page } from "playwright-core";

/** Slots of a burst: five seconds, so five boards and fifty needles. */
const SLOTS = 50;
const SLOT_MS = 100;

export interface Reading {
  /** Of scripts, after a collection. */
  readonly heapMb: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Scripts, styles and layout, processor time in each tenth of a second: the mean since the last reading. */
  readonly meanMs: number;
  /** The same in the dearest of fifty tenths: one with a board in it. */
  readonly worstMs: number;
}

export class Probe {
  private busyS = 0;
  private atMs = 0;

  private constructor(private readonly session: CDPSession) {}

  static async of(page: Page): Promise<Probe> {
    const session = await page.context().newCDPSession(page);
    // Time on the processor, so that another program's load does not count.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    const probe = new Probe(session);
    await probe.mean();
    return probe;
  }

  async read(): Promise<Reading> {
    const meanMs = await this.mean();
    let worstMs = 0;
    for (let slot = 0; slot < SLOTS; slot += 1) {
      await new Promise((done) => setTimeout(done, SLOT_MS));
      worstMs = Math.max(worstMs, await this.mean());
    }
    await this.session.send("HeapProfiler.collectGarbage");
    const now = await this.metrics();
    // Collecting is not the page's own work.
    await this.mean();
    return {
      heapMb: of(now, "JSHeapUsedSize") / 2 ** 20,
      nodes: of(now, "Nodes"),
      listeners: of(now, "JSEventListeners"),
      meanMs,
      worstMs,
    };
  }

  /** Busy milliseconds a slot since it was last asked. */
  private async mean(): Promise<number> {
    const now = await this.metrics();
    const busyS = ["ScriptDuration", "LayoutDuration", "RecalcStyleDuration"].reduce((sum, name) => sum + of(now, name), 0);
    const atMs = performance.now();
    const mean = (1_000 * (busyS - this.busyS) * SLOT_MS) / (atMs - this.atMs);
    [this.busyS, this.atMs] = [busyS, atMs];
    return mean;
  }

  private async metrics(): Promise<Map<string, number>> {
    const { metrics } = await this.session.send("Performance.getMetrics");
    return new Map(metrics.map(({ name, value }) => [name, value]));
  }
}

const of = (metrics: Map<string, number>, name: string): number => metrics.get(name) ?? 0;

/** Memory of a process that is in use now, MB; nothing where the system does not publish it as Linux does. */
export function residentMb(pid: number): number | null {
  try {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kb === undefined ? null : Number(kb) / 1024;
  } catch {
    return null;
  }
}
