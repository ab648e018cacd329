import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { alphaAt, launch, screenshot, SERVER, type Visit, visit } from "./browser";

/** A race that has just begun needs its first clean laps before a car has a needle. */
const FIRST_LAPS_MS = 120_000;

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

const needles = (page: Page) => page.locator(".row .needle").evaluateAll((marks) => marks.map((mark) => (mark as SVGElement).style.transform));
const numbers = (page: Page) => page.locator(".rows").innerText();

describe("board", () => {
  test("shows every car on one screen, without scrolling and without complaint", async () => {
    const { page, complaints } = await at("/");
    await page.waitForSelector(".row");
    const rows = await page.locator(".row").evaluateAll((all) => all.map((row) => row.getBoundingClientRect().toJSON() as DOMRect));
    expect(rows).toHaveLength(await cars());
    expect(rows.filter((row) => row.top < 48 || row.bottom > 1022 || row.right > 1280)).toEqual([]);
    expect(await page.evaluate(() => [document.documentElement.scrollHeight, document.documentElement.scrollWidth])).toEqual([1080, 1920]);
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
    await page.waitForSelector(".row");
    const unlike = (...states: string[]) => page.locator(`.row${states.map((state) => `:not(.${state})`).join("")}`);
    cut();
    await page.waitForSelector(".no-link", { timeout: 3_500 });
    expect(await unlike("stale", "lost", "out").count()).toBe(0);
    await screenshot(page, "stale");
    await expect.poll(() => unlike("lost", "out").count(), { timeout: 5_000 }).toBe(0);
    mend();
    await expect.poll(() => page.locator(".no-link").count(), { timeout: 20_000 }).toBe(0);
    await expect.poll(() => page.locator(".row:not(.lost)").count(), { timeout: 5_000 }).toBeGreaterThan(0);
  });

  test("the graphic leaves by itself and does not come back by itself", async () => {
    const { page, cut, mend } = await at(`/graphic/single?car=${await soundCar()}`);
    await page.waitForSelector(".single.on");
    cut();
    await expect.poll(() => page.locator(".single").count(), { timeout: 8_000 }).toBe(0);
    mend();
    await page.waitForTimeout(12_000);
    expect(await page.locator(".single").count()).toBe(0);
  });
});

test("the graphic stands on a transparent page, where the design puts it", async () => {
  const { page, complaints } = await at(`/graphic/single?car=${await soundCar()}`);
  await page.waitForSelector(".single.on");
  const png = await screenshot(page, "graphic-single");
  const corners = [[0, 0], [1919, 0], [0, 1079], [1919, 1079]] as const;
  expect(await Promise.all(corners.map(([x, y]) => alphaAt(page, png, x, y)))).toEqual([0, 0, 0, 0]);
  // The plate is solid, the slab is ground at 93 %.
  expect(await alphaAt(page, png, 140, 850)).toBe(255);
  expect(await alphaAt(page, png, 1210, 832)).toBe(Math.round(0.93 * 255));
  expect(complaints).toEqual([]);
});

/** The number of a car with something sound to show. */
async function soundCar(): Promise<string> {
  const { page } = await at("/");
  await page.waitForSelector(".row.sound", { timeout: FIRST_LAPS_MS });
  return encodeURIComponent(await page.locator(".row.sound .number").first().innerText());
}
