/** The system's Chromium, the server under test, and a wire to it that can be cut. */

import { execSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const { BURNBAR_URL, BURNBAR_CHROMIUM } = process.env;

export const SERVER = BURNBAR_URL ?? "http://127.0.0.1:8080";
/** Where pictures and measurements go. */
export const RESULTS = join(import.meta.dirname, "../test-results");

export function launch(): Promise<Browser> {
  mkdirSync(RESULTS, { recursive: true });
  return chromium.launch({
    executablePath:
      BURNBAR_CHROMIUM ?? execSync("which chromium || which chromium-browser || which google-chrome").toString().trim(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface Visit {
  readonly page: Page;
  /** What the page complained of: errors, and what its content security policy refused. */
  readonly complaints: string[];
  /** Cuts the wire: nothing arrives and nothing connects, until it is mended. */
  cut(): void;
  mend(): void;
}

/** Opens a page of the server on a 1920 × 1080 screen. */
export async function visit(browser: Browser, path: string): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  const complaints: string[] = [];
  let whole = true;
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => whole && message.type() === "error" && complaints.push(message.text()));
  await page.routeWebSocket(/\/graphql/, (socket) => {
    if (!whole) return void socket.close();
    const server = socket.connectToServer();
    socket.onMessage((message) => whole && server.send(message));
    server.onMessage((message) => whole && socket.send(message));
  });
  await page.goto(SERVER + path);
  const set = (next: boolean) => () => {
    whole = next;
  };
  return { page, complaints, cut: set(false), mend: set(true) };
}

export function screenshot(page: Page, name: string): Promise<Buffer> {
  return page.screenshot({ path: join(RESULTS, `${name}.png`), omitBackground: true });
}

/** The opacity of one pixel of a screenshot, 0..255. */
export function alphaAt(page: Page, png: Buffer, x: number, y: number): Promise<number | undefined> {
  return page.evaluate(
    async ([data, x, y]) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      pen?.drawImage(bitmap, 0, 0);
      return pen?.getImageData(x, y, 1, 1).data[3];
    },
    [png.toString("base64"), x, y] as const,
  );
}
