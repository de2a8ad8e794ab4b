// Wrong requests, as frameworks log them, and how many are alerts with and without the built-in rule.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { createHub } from '#core/index.ts'

const program = fileURLToPath(new URL('frameworks.mjs', import.meta.url))

/** What the framework logs; one line is a failure of the service. */
function linesOf(framework: string): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, [program, framework], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

async function countsOf(lines: readonly string[], options: object) {
  const hub = createHub({ channels: { ops: { type: 'console' } }, dryRun: true, ...options } as never)
  for (const line of lines) hub.write(line)
  const { matched, suppressed } = hub.stats()
  await hub.close()
  return { matched, suppressed: suppressed['client-error'] ?? 0 }
}

describe.each(['express-winston', 'Koa', 'Feathers', 'Apollo', 'Yoga'])(
  'wrong requests that %s logs as errors',
  (name) => {
    it('raise no alert, and what fails in the service does', async () => {
      const lines = linesOf(name)
      const wrong = lines.length - 1
      expect(wrong).toBeGreaterThanOrEqual(2)
      expect(await countsOf(lines, { clientErrors: true })).toEqual({ matched: wrong + 1, suppressed: 0 })
      expect(await countsOf(lines, {})).toEqual({ matched: 1, suppressed: wrong })
    })
  },
)
