import { describe, expect, it } from 'vitest'
import { AlertError } from '#core/errors/alert-error.ts'
import { createPendingRequests, outcomeOf, valueIn } from '#core/requests/pending-requests.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

function open(options: { timeoutMs?: number; maxWaiting?: number } = {}) {
  const clock = createVirtualClock(0)
  const posted: (readonly [number, string])[] = []
  let timeouts = 0
  const requests = createPendingRequests<string>({
    post: (number, request) => posted.push([number, request]),
    clock,
    onTimeout: () => timeouts++,
    ...options,
  })
  return { clock, posted, requests, timeouts: () => timeouts }
}

describe('pending requests', () => {
  it('get the answers of their numbers, in whatever order these come', async () => {
    const { requests, posted } = open()
    const asked = [requests.ask('a'), requests.ask('b')]
    expect(posted).toEqual([
      [1, 'a'],
      [2, 'b'],
    ])
    expect(requests.settle(2, { value: 'B' })).toBe('b')
    expect(requests.settle(1, { value: 'A' })).toBe('a')
    expect(requests.settle(1, { value: 'again' })).toBeUndefined()
    expect(requests.settle(9, { value: 'never asked' })).toBeUndefined()
    expect(await Promise.all(asked)).toEqual([{ value: 'A' }, { value: 'B' }])
  })

  it('wait as long as the wire says, or as the request says, by the clock', async () => {
    const { clock, requests, timeouts } = open({ timeoutMs: 100 })
    const patient = requests.ask('patient', 1_000)
    const usual = requests.ask('usual')
    await clock.advance(100)
    expect(await usual).toBeUndefined()
    expect(timeouts()).toBe(1)
    expect(requests.settle(2, { value: 'late' })).toBeUndefined()
    expect(requests.settle(1, { value: 'in time' })).toBe('patient')
    expect(await patient).toEqual({ value: 'in time' })
    await clock.advance(10_000)
    expect(timeouts()).toBe(1)
  })

  it('are bounded: one more gets no answer and is not sent', async () => {
    const { requests, posted } = open({ maxWaiting: 2 })
    const asked = [requests.ask('a'), requests.ask('b')]
    expect(await requests.ask('c')).toBeUndefined()
    expect(posted).toHaveLength(2)
    requests.settle(1, {})
    void requests.ask('d')
    expect(posted.at(-1)).toEqual([3, 'd'])
    expect(await asked[0]).toEqual({})
  })

  it('are posted again under their numbers, but not those that were answered', () => {
    const { requests, posted } = open()
    void requests.ask('a')
    void requests.ask('b')
    requests.settle(1, {})
    requests.repost()
    expect(posted.slice(2)).toEqual([[2, 'b']])
  })

  it('end without an answer when the link is lost, and for good when it is closed', async () => {
    const { requests, posted } = open()
    const lost = requests.ask('a')
    requests.abandon()
    expect(await lost).toBeUndefined()
    const closed = requests.ask('b')
    requests.close()
    expect(await closed).toBeUndefined()
    expect(await requests.ask('c')).toBeUndefined()
    expect(posted).toHaveLength(2)
  })
})

describe('an outcome', () => {
  it('is a value, the code and message of a rejection, or what stands for another failure', async () => {
    const refuse = () => {
      throw new AlertError('ALERT_UNKNOWN_ALERT', 'No alert has it.')
    }
    const fail = async () => {
      throw new TypeError('broken')
    }
    const rejection = { code: 'ALERT_UNKNOWN_ALERT', message: 'No alert has it.' }
    expect(await outcomeOf(async () => 1)).toEqual({ value: 1 })
    expect(await outcomeOf(refuse)).toEqual({ error: rejection })
    expect(await outcomeOf(fail)).toEqual({})
    expect(await outcomeOf(fail, rejection)).toEqual({ error: rejection })
    expect(valueIn({ value: 1 })).toBe(1)
    expect(() => valueIn({ error: rejection })).toThrow(expect.objectContaining(rejection))
  })
})
