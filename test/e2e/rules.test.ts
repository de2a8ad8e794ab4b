import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, it } from 'vitest'

const run = promisify(execFile)

it('the examples of rules run from packed packages and print the messages that would have been sent', async () => {
  const copy = join(inject('app'), 'rules')
  await cp(fileURLToPath(new URL('../../examples/rules/', import.meta.url)), copy, {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  const { stdout, stderr } = await run(process.execPath, ['main.mjs'], { cwd: copy })
  expect(stderr).toBe('')
  for (const line of [
    '03-06T02:00:05  ops  first  [ERROR] Job backup failed 3 times in a row',
    '03-02T11:02:00  sms  first  [CRITICAL] Core a is down ×12',
    '03-04T04:00:00  ops  first  [CRITICAL] No job.ok for 25 hours',
    '03-02T15:03:10  ops  first  [CRITICAL] Payments fail for many users of north ×20',
    '03-02T12:06:43  ops  first  [ERROR] ledger is retried again and again ×202',
  ])
    expect(stdout).toContain(line)
  expect(stdout.match(/ {2}sms {2}/g)).toHaveLength(2)
})
