import { defineConfig } from "vitest/config";

/** Against a running server: `BURNBAR_URL=http://127.0.0.1:8080 npm run e2e`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 30_000,
  },
});
