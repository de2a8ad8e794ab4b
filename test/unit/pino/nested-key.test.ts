// pino's `nestedKey` puts the fields of a record one level down, and pino does not say so.
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHub } from '#core/index.ts'
import { alertStream } from '#pino/alert-stream.ts'
import { type Hook, openHook } from '../winston/hook.ts'

let hook: Hook
beforeEach(async () => {
  hook = await openHook()
})
afterEach(() => hook.close())

function log(logger: pino.Logger): void {
  const child = logger.child({ module: 'orders' })
  child.error({ team: 'pay', alert: false, details: { id: 7 } }, 'not to be sent')
  child.info({ team: 'pay', alert: 'PAYMENT', details: { id: 7 } }, 'sent for its code')
  child.error({ team: 'pay', details: { id: 7 } }, 'sent for its team')
  child.error({ team: 'other', details: { id: 7 } }, 'of another team')
}

const options = () =>
  ({ ...hook.options, rules: [{ name: 'others', match: { team: 'other' }, severity: 'off' }] }) as never

function expectRead() {
  const posts = JSON.stringify(hook.posts)
  expect(posts).toContain('PAYMENT')
  expect(posts).toContain('sent for its team')
  expect(posts).not.toContain('not to be sent')
  expect(posts).not.toContain('of another team')
}

describe('the fields under nestedKey are those of the record', () => {
  it.each([
    ['on its own', (stream: pino.DestinationStream) => stream],
    ['in a multistream', (stream: pino.DestinationStream) => pino.multistream([{ stream, level: 'trace' }])],
  ])('alertStream %s reads the key from the logger', async (_, destination) => {
    const stream = alertStream(options(), { write() {} })
    log(pino({ nestedKey: 'payload' }, destination(stream as never)))
    await stream.close()
    expectRead()
  })

  it('a hub takes the key from its options', async () => {
    const hub = createHub({ ...(options() as object), wire: { nestedKey: 'payload' } } as never)
    log(pino({ nestedKey: 'payload' }, { write: (line: string) => hub.write(line) }))
    await hub.close()
    expectRead()
  })
})
