import { describe, expect, it } from 'vitest'
import { createUrgency } from '#winston/winston-adapter.ts'

const plain = '{"level":50,"time":1,"msg":"x"}\n'
const fatal = '{"level":60,"time":1,"msg":"x"}\n'
const critical = '{"level":50,"time":1,"msg":"x","alert":{"code":"A","severity":"critical"}}\n'
const quoted = `{"level":50,"time":1,"msg":${JSON.stringify('"alert":{"severity":"critical"}')}}\n`

describe('a line that is waited for', () => {
  it.each([
    ['is fatal', fatal, true],
    ['is worse than fatal', fatal.replace('60', '80'), true],
    ['asks for a critical alert', critical, true],
    ['is anything less', plain, false],
    ['only quotes one', quoted, false],
  ])('with a state directory: when it %s', (_name, line, waits) => {
    expect(createUrgency(true)(line)).toBe(waits)
  })

  it('is never one that no state directory keeps', () => {
    expect(createUrgency(false)(fatal)).toBe(false)
  })

  it('is not each one of a storm', () => {
    const isUrgent = createUrgency(true)
    const waited = Array.from({ length: 1_000 }, () => isUrgent(fatal)).filter(Boolean)
    expect(waited.length).toBeLessThan(100)
  })
})
