import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { alphaAt, launch, SERVER, screenshot, type Visit, visit } from "./browser";

/** A race that has just begun needs its first clean laps before a car has a needle. */
const FIRST_LAPS_MS = 120_000;

/** Longer than the server lets a car be silent before it is lost. */
const LOST_MS = 15_000;

let browser: Browser;
let open: Visit[] = [];

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(async () => {
  await Promise.all(open.map(({ page }) => page.close()));
  open = [];
});

async function at(path: string): Promise<Visit> {
  const opened = await visit(browser, path);
  open.push(opened);
  return opened;
}

async function cars(): Promise<number> {
  const answer = await fetch(`${SERVER}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ board { cars { vehicleId } } }" }),
  });
  return (await answer.json()).data.board.cars.length;
}

/** Rows with names: the board has come, and the roster. */
const NAMED = ".row .name:not(:empty)";

const needles = (page: Page) =>
  page.locator(".row .needle").evaluateAll((marks) => marks.map((mark) => (mark as SVGElement).style.transform));
const numbers = (page: Page) => page.locator(".rows").innerText();

describe("board", () => {
  test("shows every car on one screen, without scrolling and without complaint", async () => {
    const { page, complaints } = await at("/");
    await page.waitForSelector(".row");
    const rows = await page
      .locator(".row")
      .evaluateAll((all) => all.map((row) => row.getBoundingClientRect().toJSON() as DOMRect));
    expect(rows).toHaveLength(await cars());
    expect(rows.filter((row) => row.top < 48 || row.bottom > 1022 || row.right > 1280)).toEqual([]);
    expect(await page.evaluate(() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth])).toEqual([
      1080, 1920,
    ]);
    await screenshot(page, "board");
    expect(complaints).toEqual([]);
  });

  test("moves from board to board", async () => {
    const { page } = await at("/");
    await page.waitForSelector(".row.sound .needle", { timeout: FIRST_LAPS_MS, state: "attached" });
    const [needlesBefore, numbersBefore] = [await needles(page), await numbers(page)];
    await expect.poll(() => needles(page), { timeout: 20_000 }).not.toEqual(needlesBefore);
    await expect.poll(() => numbers(page), { timeout: 60_000 }).not.toEqual(numbersBefore);
  });

  test("opens a car by keyboard, shows its laps, and goes back", async () => {
    const { page, complaints } = await at("/");
    await page.waitForSelector(NAMED);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const chosen = page.locator(".row.chosen");
    const number = await chosen.locator(".number").innerText();
    expect(await page.locator(".rows:focus-visible").getAttribute("aria-activedescendant")).toBe(await chosen.getAttribute("id"));
    expect(await chosen.getAttribute("aria-label")).toMatch(new RegExp(`^Car ${number}, `));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".car-side tbody tr", { timeout: FIRST_LAPS_MS });
    expect(await page.locator(".big-number").innerText()).toBe(number);
    expect(new URL(page.url()).pathname).toMatch(/^\/car\/./);
    await screenshot(page, "car");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".row.chosen");
    expect(complaints).toEqual([]);
  });

  test("finds a car by its number as text, sorts, and changes units everywhere", async () => {
    const { page } = await at("/");
    await page.waitForSelector(NAMED);
    const wanted = page.locator(".row .number").nth(5);
    const number = await wanted.innerText();
    await page.keyboard.press("/");
    await page.keyboard.type(number);
    await page.keyboard.press("Enter");
    expect(await page.locator(".row.chosen .number").innerText()).toBe(number);
    await page.keyboard.press("b");
    expect(await page.locator(".head").innerText()).toContain("by burn");
    await page.keyboard.press("u");
    expect(await page.locator(".head").innerText()).toContain("L/100 km");
    expect(await page.locator(".time").innerText()).toContain("L/100 km");
  });
});

describe("when the wire is cut", () => {
  test("every bar is hatched and NO LINK shows; then all is lost; mended, it recovers by itself", async () => {
    const { page, cut, mend } = await at("/");
    // With the roster come the bounds of what is stale and lost.
    await page.waitForSelector(NAMED);
    const unlike = (...states: string[]) => page.locator(`.row${states.map((state) => `:not(.${state})`).join("")}`);
    cut();
    await page.waitForSelector(".no-link", { timeout: 3_500 });
    expect(await unlike("stale", "lost", "out").count()).toBe(0);
    await screenshot(page, "stale");
    await expect.poll(() => unlike("lost", "out").count(), { timeout: LOST_MS }).toBe(0);
    mend();
    await expect.poll(() => page.locator(".no-link").count(), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => page.locator(".row:not(.lost)").count(), { timeout: 5_000 }).toBeGreaterThan(0);
  });

  test.each<[string, () => Promise<string>]>([
    ["single", () => single()],
    ["head-to-head", () => pair()],
    ["strip", () => strip("top")],
  ])("a graphic dims, leaves by itself, and does not come back by itself: %s", async (name, asked) => {
    const { page, cut, mend } = await at(`/graphic/${name}?${await asked()}`);
    await page.waitForSelector(`.${name}.on`);
    cut();
    await page.waitForSelector(`.${name} .burn-bar path[stroke-opacity]`, { state: "attached", timeout: 5_000 });
    await screenshot(page, `stale-${name}`);
    await expect.poll(() => page.locator(".graphic, .origin").count(), { timeout: LOST_MS }).toBe(0);
    mend();
    // Longer than a take waits for something sound.
    await page.waitForTimeout(12_000);
    expect(await page.locator(".graphic, .origin").count()).toBe(0);
  });
});

type Point = readonly [number, number];

describe("graphics stand on a transparent page, where the design puts them", () => {
  const clear = [
    [0, 0],
    [1919, 0],
    [0, 1079],
    [1919, 1079],
    [960, 400],
  ] as const;
  /** Plates are solid, slabs are ground at 93 %. */
  const [SOLID, SLAB] = [255, Math.round(0.93 * 255)];

  test.each<[string, () => Promise<string>, Point, Point, Point]>([
    // [path and element, its request, a point on a plate, a point on a slab, a point beside it]
    ["single", () => single(), [140, 850], [1210, 832], [1250, 900]],
    ["head-to-head", () => pair(), [120, 790], [1500, 790], [120, 985]],
    ["strip", () => strip("top&n=12"), [160, 172], [460, 100], [480, 300]],
  ])("%s", async (name, asked, plate, slab, beside) => {
    const { page, complaints } = await at(`/graphic/${name}?${await asked()}`);
    await page.waitForSelector(`.${name}.on`);
    // Rows that change place slide for a moment.
    await page.waitForTimeout(400);
    const png = await screenshot(page, `graphic-${name}`);
    expect(await Promise.all([...clear, beside].map(([x, y]) => alphaAt(page, png, x, y)))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await alphaAt(page, png, ...plate)).toBe(SOLID);
    expect(await alphaAt(page, png, ...slab)).toBe(SLAB);
    expect(await page.locator(".origin").innerText()).toBe("SIMULATED");
    expect(await page.locator(".origin").evaluate((tag) => parseFloat(getComputedStyle(tag).fontSize))).toBeGreaterThanOrEqual(
      25,
    );
    expect(complaints).toEqual([]);
  });

  test("no text is smaller than 25 px, and none is cut off", async () => {
    for (const path of [`single?${await single()}`, `head-to-head?${await pair()}`, "strip?top&n=16"]) {
      const { page } = await at(`/graphic/${path}`);
      await page.waitForSelector(".graphic.on");
      const texts = await page.locator("#root *").evaluateAll((all) =>
        all
          .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim()))
          .map((one) => ({
            text: one.textContent,
            px: parseFloat(getComputedStyle(one).fontSize),
            cut: one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0,
          })),
      );
      expect(texts.filter(({ px, cut }) => px < 25 || cut)).toEqual([]);
    }
  });
});

describe("graphics on command", () => {
  test("play, another car, stop: what stood leaves first", async () => {
    const { page } = await at("/graphic/head-to-head");
    await page.waitForTimeout(1_500);
    expect(await page.locator("#root > *").count()).toBe(0);
    const [a, b, c] = await soundCars(3);
    const update = (first: string, second: string) =>
      page.evaluate((data) => window.update(data), JSON.stringify({ a: first, b: second }));
    const numbers = () => page.locator(".plate-number").allInnerTexts();
    await update(a, b);
    expect(await page.locator(".graphic").count()).toBe(0);
    await page.evaluate(() => window.play());
    await page.waitForSelector(".head-to-head.on");
    expect(await numbers()).toEqual([a, b]);
    await update(c, b);
    await page.waitForSelector(".head-to-head.leaving");
    expect(await numbers()).toEqual([a, b]);
    await page.waitForSelector(".head-to-head.on");
    expect(await numbers()).toEqual([c, b]);
    await page.evaluate(() => window.stop());
    await expect.poll(() => page.locator(".graphic").count(), { timeout: 2_000 }).toBe(0);
  });

  test("the strip follows its car", async () => {
    const [, , , car] = await soundCars(4);
    const { page } = await at(`/graphic/strip?${await strip(`car=${encodeURIComponent(car)}&n=5`)}`);
    await page.waitForSelector(".strip.on");
    expect(await page.locator(".strip-row").count()).toBe(5);
    expect(await page.locator(".followed .plate-number").innerText()).toBe(car);
  });

  test("a preview paints a backdrop, so that nobody takes it for the air", async () => {
    const { page } = await at("/graphic/head-to-head?preview&safe");
    const png = await screenshot(page, "graphic-preview");
    expect(await alphaAt(page, png, 960, 400)).toBe(255);
  });
});

describe("a car", () => {
  test("shows its stints, flags and stops, where a lap burns, and what it burns now", async () => {
    const [number] = await soundCars(1);
    const { page, complaints } = await at("/");
    await page.waitForSelector(NAMED);
    await page.keyboard.press("/");
    await page.keyboard.type(number);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".car-side tbody tr.present");
    expect(await page.locator(".top .origin").innerText()).toBe("SIMULATED");
    expect(await page.locator(".race-label").innerText()).toContain(number);
    const needle = page.locator(".now-needle");
    const moves = await Promise.all(
      [0, 700, 1_400, 2_100].map(async (ms) => {
        await page.waitForTimeout(ms);
        return needle.evaluate((mark) => getComputedStyle(mark).transform);
      }),
    );
    expect(new Set(moves).size).toBeGreaterThan(1);
    expect(await page.locator(".now-text").innerText()).toMatch(/gal\/min.*mpg/);
    await screenshot(page, "car-full");
    const inside = await page
      .locator(".car-side section, .chart-box")
      .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().bottom > 1022).length);
    expect(inside).toBe(0);
    expect(complaints).toEqual([]);
  });
});

/** Requests for what is sound now. */
const single = async () => `car=${encodeURIComponent((await soundCars(1))[0])}`;
const pair = async () => {
  const [a, b] = await soundCars(2);
  return `a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
};
const strip = async (request: string) => (await soundCars(1)) && request;

/** The numbers of cars with something sound to show, from the front. */
async function soundCars(n: number): Promise<[string, string, string, string]> {
  const { page } = await at("/");
  const rows = page.locator(".row:is(.sound, .wide)");
  await expect.poll(() => rows.count(), { timeout: FIRST_LAPS_MS }).toBeGreaterThanOrEqual(n);
  const numbers = (await rows.locator(".number").allInnerTexts()).slice(0, n);
  await page.close();
  return numbers as [string, string, string, string];
}
