import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Which rooms a room may import from, and which packages: core ◄ marks ◄ dashboard, graphic. */
const MAY: Record<string, { rooms: string[]; packages: string[] }> = {
  core: { rooms: ["core"], packages: ["@urql/core", "gql.tada", "graphql-ws"] },
  marks: { rooms: ["core", "marks"], packages: ["react"] },
  dashboard: { rooms: ["core", "marks", "dashboard", "style"], packages: ["react", "react-dom/client"] },
  graphic: { rooms: ["core", "marks", "graphic", "style"], packages: ["react", "react-dom/client"] },
};
/** Only these talk to the server; everything else is a pure function of what they receive. */
const CONNECTED = ["core/server.ts", "core/graphql.ts", "core/queries.ts"];
const HOOK = /\buse[A-Z]\w*/;

const root = import.meta.dirname;
const files = Object.keys(MAY).flatMap((room) =>
  readdirSync(join(root, room))
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".d.ts") && !/\.test\.tsx?$/.test(name))
    .map((name) => `${room}/${name}`),
);

function imports(file: string): string[] {
  const source = readFileSync(join(root, file), "utf8");
  return [...source.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm)].map((m) => m[1] ?? m[2] ?? "");
}

test.each(files)("%s keeps to its room", (file) => {
  const room = file.split("/")[0] ?? "";
  for (const from of imports(file)) {
    if (from.startsWith(".")) expect(MAY[room]?.rooms).toContain(normalize(join(dirname(file), from)).split("/")[0]);
    else expect(MAY[room]?.packages).toContain(from);
  }
});

test.each(files.filter((file) => file.startsWith("core/")))("%s is pure, or one of those that are connected", (file) => {
  const outside = imports(file).filter((from) => !from.startsWith("."));
  expect(outside.length === 0 || CONNECTED.includes(file)).toBe(true);
  expect(imports(file)).not.toContain("./examples");
});

test.each(files.filter((file) => file.startsWith("marks/")))("%s holds no state", (file) => {
  expect(readFileSync(join(root, file), "utf8")).not.toMatch(HOOK);
});

/** What holds the others together: it has no picture of its own. */
const FRAMES = ["App", "CarPage"];
const components = files
  .filter((file) => file.endsWith(".tsx") && !file.endsWith("/main.tsx"))
  .flatMap((file) => {
    const names = [...readFileSync(join(root, file), "utf8").matchAll(/^export (?:function|const) ([A-Z][a-z]\w*)/gm)];
    return names.map((name) => `${file.split("/")[0]}/${name[1]}`);
  })
  .filter((name) => !FRAMES.some((frame) => name.endsWith(`/${frame}`)));

test.each(components)("%s has its pictures", (component) => {
  const shown = component.replace(/^marks\/Cautions$/, "marks/Chart");
  expect(readdirSync(join(root, "pictures", shown)).length).toBeGreaterThan(0);
});
