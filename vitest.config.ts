import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { isolated } from './test/isolated.ts'

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/`, import.meta.url))

// Unit and contract tests read the sources; the end-to-end tree knows only packed tarballs.
const alias = [
  { find: /^#core\//, replacement: source('alert-core') },
  { find: /^#cli\//, replacement: source('alert-transport') },
  { find: /^#winston\//, replacement: source('winston-alert-transport') },
  { find: /^#pino\//, replacement: source('pino-alert-transport') },
]
const alone = isolated.map((path) => (path.endsWith('/') ? `${path}**/*.test.ts` : path))

// Generous, because a test waits for an event and never for the time: on a slow machine it may be long in
// coming.
const patience = { testTimeout: 300_000, hookTimeout: 900_000 }

/**
 * Tests of one file that run side by side. Each starts processes, and none may take longer for its end than
 * the 9 s that pino grants: with vitest's own default of five, fifteen would share two cores.
 */
const maxConcurrency = 2

/** A program says itself that its time was not enough: runInTime() in test/e2e/app.ts. */
const retry = { count: 2, condition: /did not deliver everything within its time/ }

export default defineConfig({
  test: {
    // Vitest's own default leaves one core free: on two cores one file would run at a time. One more than there
    // are cores, because end-to-end tests mostly wait for the processes that they start.
    maxWorkers: availableParallelism() + 1,
    reporters: process.env['CI'] ? ['default', 'json'] : ['default'],
    outputFile: { json: '.ci/results/tests.json' },
    projects: [
      {
        resolve: { alias },
        test: {
          ...patience,
          name: 'unit',
          isolate: false,
          // Alone: a process is shared only with the next file, and ends if that is one of another project.
          sequence: { groupOrder: 1 },
          include: ['test/unit/**/*.test.ts', 'test/contract/**/*.test.ts'],
          exclude: alone,
          setupFiles: ['test/seed.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          ...patience,
          name: 'isolated',
          maxConcurrency,
          include: alone,
          setupFiles: ['test/seed.ts'],
        },
      },
      {
        test: {
          ...patience,
          name: 'e2e',
          maxConcurrency,
          retry,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/install.ts'],
        },
      },
      {
        // Long: random runs, every combination of a matrix. `pnpm test:soak` and the gate run it.
        resolve: { alias },
        test: {
          ...patience,
          name: 'soak',
          maxConcurrency,
          retry,
          env: { ALERT_SOAK: '1' },
          include: ['test/soak/**/*.test.ts'],
          setupFiles: ['test/seed.ts'],
          globalSetup: ['test/e2e/install.ts'],
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'test/tsconfig.json',
          },
        },
      },
    ],
  },
})
