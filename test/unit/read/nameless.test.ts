// Records whose message is missing, or says nothing by itself.
import { describe, expect, it, test } from 'vitest'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { createHub } from '#core/index.ts'
import { openHook } from '../winston/hook.ts'
import { pinoLine, readRecord } from './lines.ts'

const read = (fields: object, options = {}) =>
  readRecord(pinoLine(options, (logger) => logger.error(fields as never)))

describe('a record without a message is named', () => {
  test.each([
    [{ name: 'worker.crashed' }, 'worker.crashed'],
    [{ event: 'worker.crashed' }, 'worker.crashed'],
    [{ type: 'worker.crashed' }, 'worker.crashed'],
    [{ name: 'job:failed', job: 'nightly' }, 'job:failed: job nightly'],
    [{ name: 'worker.crashed', event: 'down' }, 'down'],
    [{ code: 'E_DISK' }, 'code E_DISK'],
    [{ err: null }, 'an error that is null'],
    [{ err: null, event: 'worker.crashed' }, 'worker.crashed'],
  ])('by its event: %j', (fields, msg) => {
    expect(read(fields).msg).toBe(msg)
    expect(recordKey(read(fields), undefined)).not.toBe('')
  })

  it("not by the logger's name", () => {
    expect(read({ code: 'E_DISK' }, { name: 'billing' }).msg).toBe('code E_DISK')
    expect(read({}, { name: 'billing' }).msg).toBe('')
  })
})

describe('a message that is one short word with a digit, or a status', () => {
  const key = (msg: string) => recordKey(readRecord({ level: 50, msg }), undefined)

  it('names its problem', () => {
    expect(['t2', 't3', 'E42', '404', '503'].map(key)).toEqual(['t2', 't3', 'E42', '404', '503'])
  })

  it('is unlike a number or an id, which is a value', () => {
    expect(['42', '4711', 'a81bc81b-dead-4e5d-abff-90865d1e13b1', 'x9f3k2m8'].map(key)).toEqual([
      ...Array(4).fill('<*>'),
    ])
  })
})

describe('the title of an alert', () => {
  const titleOf = async (fields: object) => {
    const hook = await openHook()
    const hub = createHub(hook.options as never)
    hub.write(pinoLine({}, (logger) => logger.error(fields as never)))
    await hub.close()
    await hook.close()
    return hook.posts.flatMap(({ alerts }) => alerts.map(({ headline }) => headline))
  }

  test.each([
    [{ msg: { event: 'disk.full', host: 'a' } }, 'disk.full'],
    [{ msg: { code: 'E_DISK', free: 0 } }, 'code E_DISK, free 0'],
    [{ msg: { message: 'disk full', free: 0 } }, 'disk full'],
    [{ msg: '{"status":507,"reason":"disk full"}' }, 'reason disk full, status 507'],
  ])('is in words if the message is JSON: %j', async (fields, title) => {
    expect(await titleOf(fields)).toEqual([title])
  })

  it('is what the members of Promise.any say', async () => {
    const fail = (name: string) => Promise.reject(new Error(`${name} is down`))
    const error = await Promise.any([fail('a'), fail('b')]).catch((caught: unknown) => caught)
    expect(await titleOf(error as object)).toEqual(['a, b is down'])
  })
})
