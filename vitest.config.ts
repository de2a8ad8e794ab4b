import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^#core\//, replacement: source('alert-core') },
      { find: /^#kit\//, replacement: source('alert-kit') },
      { find: /^#winston\//, replacement: source('winston-alert-transport') },
      { find: /^#pino\//, replacement: source('pino-alert-transport') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { enabled: true, include: ['test/types/**/*.test-d.ts'], tsconfig: 'test/tsconfig.json' },
  },
})
