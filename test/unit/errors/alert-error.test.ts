import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AlertError } from '#core/errors/alert-error.ts'
import { errorCodes, internalErrorCodes } from '#core/errors/error-codes.ts'

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

  it('explains every code with a full sentence', () => {
    for (const [code, sentence] of Object.entries({ ...errorCodes, ...internalErrorCodes })) {
      expect(code).toMatch(/^ALERT(?:_[A-Z]+)+$/)
      expect(sentence).toMatch(/^\p{Lu}.{10,}\.$/u)
    }
  })

  it('lists every code that the sources use, and no other', () => {
    const packages = fileURLToPath(new URL('../../../packages/', import.meta.url))
    const used = new Set<string>()
    for (const name of readdirSync(packages)) {
      const sources = readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
      for (const source of sources.filter(
        (path) => path.endsWith('.ts') && !path.endsWith('errors/error-codes.ts'),
      )) {
        const text = readFileSync(join(packages, name, 'src', source), 'utf8')
        for (const [code] of text.matchAll(/(?<=')ALERT_\w+(?=')/g)) used.add(code)
      }
    }
    for (const name of namesOfOtherThings) used.delete(name)
    expect([...used].sort()).toEqual(Object.keys({ ...errorCodes, ...internalErrorCodes }).sort())
  })
})

/** Environment variables, and a code that exists only in a test message. */
const namesOfOtherThings = [
  'ALERT_CONFIG',
  'ALERT_CONTROL_SECRET',
  'ALERT_CORE_PROCESS',
  'ALERT_ENABLED',
  'ALERT_TEST',
]
