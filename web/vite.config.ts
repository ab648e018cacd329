import { defineConfig } from "vitest/config";

const API = "http://127.0.0.1:8080";

export default defineConfig({
  build: {
    outDir: "../crates/api/dist",
    emptyOutDir: true,
    target: "chrome103",
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/graphql": { target: API, ws: true } } },
  test: { include: ["**/*.test.{ts,tsx}"], exclude: ["node_modules/**"] },
});
