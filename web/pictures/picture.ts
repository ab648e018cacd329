/** Pictures of what is drawn, kept beside the code to be looked at: `<room>/<component>/<state>.svg` or `.html`. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";

/** States of a component by name. */
export type States = Readonly<Record<string, ReactNode>>;

/** Whether what is drawn now is taken for right: `npm run pictures`. */
const ACCEPTS = process.env.BURNBAR_PICTURES === "accept";
const CHANGED = "-changed";

const web = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(web, file), "utf8");

const tokens = new Map([...read("style/tokens.css").matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((m) => [m[1] ?? "", m[2] ?? ""]));
/** A picture stands alone, so its colours and fonts are written out. */
const writtenOut = (text: string) => text.replace(/var\((--[\w-]+)\)/g, (whole, name: string) => tokens.get(name) ?? whole);
const TEXT_RULES = writtenOut(
  read("marks/marks.css")
    .split("\n")
    .filter((line) => /^\.(tick|dot|tally|chart-label)/.test(line))
    .join("\n"),
).replaceAll('"', "'");

/** Room around a mark for what passes its box, px. */
const MARGIN = 16;

/** The file of a picture, from the folder of all of them, and what stands in it. */
export function drawn(room: string, component: string, state: string, node: ReactNode): { file: string; text: string } {
  const markup = rounded(renderToStaticMarkup(node));
  const isSvg = markup.startsWith("<svg") && markup.indexOf("</svg>") === markup.length - "</svg>".length;
  const text = isSvg ? svg(markup) : html(room, markup);
  return { file: `${room}/${component}/${state}.${isSvg ? "svg" : "html"}`, text };
}

/** Nothing if `text` is what `file` holds; else what to do about it. What was drawn lies beside it, to be looked at. */
export function difference(file: string, text: string): string | null {
  const kept = join(import.meta.dirname, file);
  const changed = kept.replace(/(\.\w+)$/, `${CHANGED}$1`);
  rmSync(changed, { force: true });
  if (existsSync(kept) && readFileSync(kept, "utf8") === text) return null;
  mkdirSync(dirname(kept), { recursive: true });
  writeFileSync(ACCEPTS ? kept : changed, text);
  return ACCEPTS
    ? null
    : `pictures/${file} is drawn otherwise: look at ${CHANGED} beside it; if it is right, npm run pictures keeps it`;
}

/** Pictures of a room that no state draws any more. */
export function leftOver(room: string, files: readonly string[]): string[] {
  const folder = join(import.meta.dirname, room);
  if (!existsSync(folder)) return [];
  const known = new Set(files);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${room}/${name.replaceAll("\\", "/")}`)
    .filter((name) => /\.(svg|html)$/.test(name) && !name.includes(`${CHANGED}.`) && !known.has(name))
    .sort();
}

/** Hundredths of a pixel: below that machines differ, and nobody sees it. */
function rounded(markup: string): string {
  return markup.replace(/-?\d+\.\d{3,}(e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)) || 0));
}

const lines = (markup: string) => markup.replace(/><\/(path|rect|circle|polyline|polygon)>/g, "/>").replaceAll("><", ">\n<");

function svg(markup: string): string {
  const [width, height] = ["width", "height"].map((side) =>
    Number(new RegExp(`^<svg[^>]* ${side}="([\\d.]+)"`).exec(markup)?.[1] ?? 0),
  );
  const box = `${-MARGIN} ${-MARGIN} ${(width ?? 0) + 2 * MARGIN} ${(height ?? 0) + 2 * MARGIN}`;
  const style = /class="(tick|dot|tally|chart-label)/.test(markup) ? `<style>\n${TEXT_RULES}\n</style>` : "";
  const ground = `<rect x="${-MARGIN}" y="${-MARGIN}" width="100%" height="100%" fill="${tokens.get("--ground")}"/>`;
  const inner = markup.replace("<svg", '<svg overflow="visible"');
  return `${lines(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}">${style}${ground}${writtenOut(inner)}</svg>`)}\n`;
}

/** A graphic is transparent: it stands on the grey of its preview. */
const GROUND: Readonly<Record<string, string>> = {
  marks: '<body style="background: var(--ground)">',
  dashboard: "<body>",
  graphic: '<body class="preview">',
};

function html(room: string, markup: string): string {
  const sheets = ["style/tokens.css", ...sheetsOf("marks"), ...(room === "marks" ? [] : sheetsOf(room))];
  const links = sheets.map((sheet) => `<link rel="stylesheet" href="../../../${sheet}">`);
  return `${lines(`<!doctype html><meta charset="utf-8">${links.join("")}${GROUND[room]}<div id="root">${markup}</div>`)}\n`;
}

const sheetsOf = (room: string) =>
  readdirSync(join(web, room))
    .filter((name) => name.endsWith(".css"))
    .sort()
    .map((name) => `${room}/${name}`);
