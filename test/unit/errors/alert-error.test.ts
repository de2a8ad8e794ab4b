import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { AlertError, errorCodes, internalErrorCodes } from '#core/errors/alert-error.ts'

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
    for (const [code, sentence] of Object.entries({ ...errorCodes, ...internalErrorCodes })) {
      expect(code).toMatch(/^ALERT(?:_[A-Z]+)+$/)
      expect(sentence).toMatch(/^\p{Lu}.{10,}\.$/u)
    }
  })

  it('has every code that the sources speak of in its tables, and no other', () => {
    const packages = fileURLToPath(new URL('../../../packages/', import.meta.url))
    const spoken = new Set<string>()
    for (const name of readdirSync(packages)) {
      const sources = readdirSync(join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
      for (const source of sources.filter(
        (path) => path.endsWith('.ts') && !path.endsWith('kernel/errors.ts'),
      )) {
        const text = readFileSync(join(packages, name, 'src', source), 'utf8')
        for (const [code] of text.matchAll(/(?<=')ALERT_\w+(?=')/g)) spoken.add(code)
      }
    }
    for (const name of namesOfOtherThings) spoken.delete(name)
    expect([...spoken].sort()).toEqual(Object.keys({ ...errorCodes, ...internalErrorCodes }).sort())
  })
})

/** An environment variable, and the code of a trouble that is made up for a test message. */
const namesOfOtherThings = ['ALERT_CORE_PROCESS', 'ALERT_TEST']
