import { describe, expect, it } from 'vitest'
import { AlertError, errorCodes } from '#core/kernel/errors.ts'

describe('AlertError', () => {
  it('carries its code, message and cause', () => {
    const cause = new Error('inner')
    const error = new AlertError('ALERT_OPTIONS_INVALID', 'channels.ops: unknown type', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'AlertError',
      code: 'ALERT_OPTIONS_INVALID',
      message: 'channels.ops: unknown type',
      cause,
    })
  })

  it('has no cause of its own when none was given', () => {
    expect(Object.hasOwn(new AlertError('ALERT_OPTIONS_INVALID', 'x'), 'cause')).toBe(false)
  })

  it('explains every code by a full sentence', () => {
    for (const [code, sentence] of Object.entries(errorCodes)) {
      expect(code).toMatch(/^ALERT_[A-Z]+(?:_[A-Z]+)+$/)
      expect(sentence).toMatch(/^\p{Lu}.{10,}\.$/u)
    }
  })
})
