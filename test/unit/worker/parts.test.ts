import { describe, expect, it } from 'vitest'
import { bounded, createHubRequests, noAnswer } from '#core/worker/hub-requests.ts'
import { createBacklog } from '#core/worker/overflow.ts'
import { remember, stableJson } from '#core/worker/shared-links.ts'

describe('the backlog', () => {
  it('returns lines in order', () => {
    const backlog = createBacklog()
    for (let n = 0; n < 1000; n++) backlog.push(`${n}`)
    for (let n = 0; n < 1000; n++) expect(`${backlog.shift()}`).toBe(`${n}`)
    expect(backlog.shift()).toBeUndefined()
    expect(backlog.size()).toBe(0)
  })

  it('refuses the newest when it is full by count or by size, and takes again when there is room', () => {
    const byCount = createBacklog({ maxLines: 2 })
    expect([byCount.push('a'), byCount.push('b'), byCount.push('c')]).toEqual([true, true, false])
    byCount.shift()
    expect(byCount.push('d')).toBe(true)

    const bySize = createBacklog({ maxChars: 10 })
    expect([bySize.push('12345'), bySize.push('123456'), bySize.push('12345')]).toEqual([true, false, true])
  })
})

describe('options', () => {
  it('that are equal have one text, whatever the order of their keys', () => {
    expect(stableJson({ a: 1, b: { c: 2, d: [3] } })).toBe(stableJson({ b: { d: [3], c: 2 }, a: 1 }))
    expect(stableJson({ a: 1 })).not.toBe(stableJson({ a: '1' }))
    expect(stableJson({ a: 1, b: () => 1 })).not.toBe(stableJson({ a: 1 }))
  })

  it('are checked once, and again if they threw or are not plain', () => {
    let calls = 0
    const check = remember((value: unknown) => {
      calls++
      if (value === 'bad') throw new Error('bad')
      return value
    })
    for (let n = 0; n < 3; n++) check({ a: 1 })
    expect(calls).toBe(1)
    for (let n = 0; n < 2; n++) expect(() => check('bad')).toThrow('bad')
    expect(calls).toBe(3)
    const ring: Record<string, unknown> = {}
    ring['ring'] = ring
    for (let n = 0; n < 2; n++) check(ring)
    expect(calls).toBe(5)
  })
})

describe('a bounded wait', () => {
  it('gives what came in time, and otherwise the given value', async () => {
    expect(await bounded(10_000, Promise.resolve('in time'), () => 'late')).toBe('in time')
    expect(await bounded(1, new Promise<string>(() => {}), () => 'late')).toBe('late')
    expect(await bounded(10_000, Promise.reject<string>(new Error('broken')), () => 'failed')).toBe('failed')
  })
})

describe('requests', () => {
  it('say in the turn of an answer which request it answers: an exit that follows is then no loss', async () => {
    const sent: { readonly id: number }[] = []
    const requests = createHubRequests({ post: (request) => sent.push(request) })
    const flushed = requests.request('flush', undefined)
    const closed = requests.request('close', undefined)
    const value = { delivered: false, pending: 1 }
    expect(requests.settle({ answer: sent[0]!.id, value })).toBe('flush')
    expect(requests.settle({ answer: sent[1]!.id, value })).toBe('close')
    expect(requests.settle({ answer: sent[1]!.id, value })).toBeUndefined()
    requests.close()
    expect(await Promise.all([flushed, closed])).toEqual([value, value])
  })

  it('without an answer give what there is without a hub, or an error if only a hub could answer', async () => {
    const requests = createHubRequests({ post() {} })
    const asked = [requests.request('flush', undefined), requests.request('stats', undefined)]
    const refused = expect(requests.request('status', undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'ALERT_WORKER_UNREACHABLE' }),
    )
    requests.close()
    expect(await Promise.all(asked)).toEqual([noAnswer, undefined])
    await refused
  })
})
