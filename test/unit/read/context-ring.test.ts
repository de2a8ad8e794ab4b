import { describe, expect, it } from 'vitest'
import type { LogRecord } from '#core/model.ts'
import { type ContextOptions, createContext } from '#core/read/context-ring.ts'
import { createReader, type ReadFailure } from '#core/read/reader.ts'

const read = createReader({ now: () => 0 })
const line = (fields: object) => JSON.stringify({ level: 30, time: 1_700_000_000_000, ...fields })

function record(fields: object): LogRecord {
  const found: LogRecord | ReadFailure = read(line(fields))
  if ('failed' in found) throw new Error(found.failed)
  return found
}

function open(options: Partial<ContextOptions> = {}) {
  return createContext({
    lines: 3,
    by: ['requestId', 'traceId'],
    maxBytes: 4_096,
    ringBytes: 1_048_576,
    read,
    now: () => 0,
    ...options,
  })
}

const texts = (found: readonly { readonly text: string }[]) => found.map(({ text }) => text)

describe('the lines that led to an alert', () => {
  it('are the last ones of the same request or trace, oldest first, wherever the id lies and however many came between', () => {
    const context = open()
    for (let n = 1; n <= 5; n++) {
      context.push(line({ msg: `step ${n}`, req: { id: 'req-7' } }))
      for (let other = 0; other < 20; other++)
        context.push(line({ msg: 'other', reqId: `req-${other + 70}` }))
    }
    context.push(line({ msg: 'by trace', trace_id: 'abc' }))
    expect(texts(context.before(record({ level: 50, requestId: 'req-7' })))).toEqual([
      'step 3',
      'step 4',
      'step 5',
    ])
    expect(texts(context.before(record({ level: 50, requestId: 'req-7', traceId: 'abc' })))).toEqual([
      'step 4',
      'step 5',
      'by trace',
    ])
  })

  it('are the last ones of all where the record has no id, or none has the same', () => {
    const context = open()
    for (let n = 1; n <= 5; n++) context.push(line({ msg: `step ${n}` }))
    expect(texts(context.before(record({ level: 50 })))).toEqual(['step 3', 'step 4', 'step 5'])
    expect(texts(context.before(record({ level: 50, requestId: 'unheard' })))).toEqual([
      'step 3',
      'step 4',
      'step 5',
    ])
  })

  it('do not mistake an id inside a longer one or inside a text for the same', () => {
    const context = open()
    context.push(line({ msg: 'mine', requestId: 'a' }))
    context.push(line({ msg: 'a longer one', requestId: 'ab' }))
    context.push(line({ msg: 'in the text: a' }))
    expect(texts(context.before(record({ requestId: 'a' })))).toEqual(['mine'])
  })

  it('go by other fields where these are asked for, numbers too', () => {
    const context = open({ by: ['job.id'] })
    context.push(line({ msg: 'started', job: { id: 12 } }))
    context.push(line({ msg: 'other', job: { id: 13 } }))
    expect(texts(context.before(record({ job: { id: 12 } })))).toEqual(['started'])
  })

  it('say level and time, and the error where there is no message', () => {
    const context = open()
    context.push(
      line({ level: 40, time: 1_700_000_000_123, err: { type: 'Error', message: 'slow', stack: 'x' } }),
    )
    context.push('{"no":"record"')
    expect(context.before(record({}))).toEqual([{ time: 1_700_000_000_123, level: 'warn', text: 'slow' }])
  })

  it('take no more memory than allowed, and no more of a message', () => {
    const context = open({ lines: 100, ringBytes: 20_000, maxBytes: 100 })
    for (let n = 0; n < 50_000; n++) context.push(line({ msg: `step ${String(n).padStart(20, '0')}` }))
    context.push(line({ msg: 'x'.repeat(10_000) }))
    const found = context.before(record({}))
    expect(found.length).toBe(3)
    expect(found.at(-1)!.text).toBe(`step ${'49999'.padStart(20, '0')}`)
    const all = open({ lines: 100, ringBytes: 20_000, maxBytes: 1_000_000 })
    for (let n = 0; n < 50_000; n++) all.push(line({ msg: `step ${n}` }))
    expect(all.before(record({ requestId: 'none' })).length).toBe(100)
  })

  it('are not searched for in a storm of different errors', () => {
    let now = 0
    const context = open({ now: () => now })
    context.push(line({ msg: 'before' }))
    const shown = () => context.before(record({})).length
    const counts = Array.from({ length: 1_000 }, shown)
    expect(counts.filter((count) => count > 0)).toHaveLength(30)
    now = 10_000
    expect(shown()).toBe(1)
  })
})
