import { defineConfig } from "vitest/config";

const REHEARSALS = "test/**/*.e2e.test.ts";
const CONTRACTS = "test/contract/**/*.test.ts";
const TROUBLES = ["interrupted", "killed", "trouble"].map((name) => `test/rehearsal/end-to-end/${name}.e2e.test.ts`);

export default defineConfig({
  test: {
    environment: "node",
    // Nothing is left in the temporary directory, by whatever test.
    globalSetup: "test/temporary/run.ts",
    setupFiles: "test/temporary/file.ts",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: [REHEARSALS, CONTRACTS],
          // Two files at a time: some of them run k6 and measure time, and the smallest machine has two cores.
          maxWorkers: 2,
          testTimeout: 20_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: [CONTRACTS],
          // Beside the unit tests and as one of their two files: installing moto takes a core for half a minute, once.
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "troubles",
          include: TROUBLES,
          // Game days that are broken on purpose judge nothing, so that some noise does not matter: four at a time.
          maxWorkers: 2,
          maxConcurrency: 2,
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "rehearsals",
          include: [REHEARSALS],
          exclude: TROUBLES,
          // Whole game days measure time: nothing else runs meanwhile, but what a test itself runs beside it.
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 240_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
