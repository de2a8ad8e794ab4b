import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactText } from '#core/redact/redact-text.ts'
import { addressShapes, tokenShapes } from '#core/redact/token-shapes.ts'
import { bestRatio, linear } from '../text/linear.ts'

/** Examples of a row, made of its own shape while the test runs. */
const examples = (start: string, rest: string) =>
  fc
    .sample(fc.stringMatching(new RegExp(`^${withoutLooks(rest)}$`)), { numRuns: 5, seed: 7 })
    .map((end) => (start === '#' ? '' : start) + end)

/** An example does not contain what is only looked at. */
function withoutLooks(rest: string): string {
  const at = rest.search(/\(\?<?[=!]/)
  if (at < 0) return rest
  let depth = 0
  let end = at
  do {
    if (rest[end] === '(') depth++
    if (rest[end] === ')') depth--
    end++
  } while (depth > 0)
  return withoutLooks(rest.slice(0, at) + rest.slice(end))
}

const starts = tokenShapes.flatMap(([maker, all, rest]) =>
  all.split(' ').map((start) => [maker, start, rest]),
)

describe('a token of a known maker', () => {
  it.each(starts)('is hidden: %s, %s…', (_maker, start, rest) => {
    for (const example of examples(start!, rest!)) {
      const isTail = /[-\w]$/.test(example)
      if (!isTail) continue
      expect(redactText(`refused ${example} at the gateway`)).not.toContain(example)
    }
  })

  it('is hidden behind what ends a word: quotes, escapes, codes, other signs', () => {
    const token = `gh${'p_'}${'a1'.repeat(18)}`
    for (const before of ['"', "'", '(', '=', '/', ':', '\\n', '\\t', '%3D', '%20', '>', '中', '_', '-'])
      expect(redactText(`x ${before}${token} y`)).not.toContain(token)
  })

  it('is none inside a word', () => {
    const text = `weigh${'p_'}${'a1'.repeat(18)}`
    expect(redactText(text)).toBe(text)
  })

  it('names each row, with an address of its description', () => {
    for (const [maker, all, rest, source] of [...tokenShapes, ...addressShapes]) {
      expect(maker).not.toBe('')
      expect(all.split(' ').every((start) => start === '#' || /^[\x21-\x7e]+$/.test(start))).toBe(true)
      expect(rest).not.toMatch(/\((?!\?)/)
      expect(source).toMatch(/^[\w.-]+(?:\/|$)/)
    }
  })
})

describe('an address that is a secret', () => {
  it.each(addressShapes.flatMap(([maker, all, rest]) => all.split(' ').map((start) => [maker, start, rest])))(
    'loses what follows: %s, %s…',
    (_maker, start, rest) => {
      for (const example of examples(start!, rest!)) {
        const safe = redactText(
          `POST https://${start!.startsWith('/') ? 'gateway.example.com' : ''}${example} 500`,
        )
        expect(safe).toContain(`${start}***`)
      }
    },
  )
})

it.each([
  'npm_lifecycle_event',
  'npm_config_user_agent',
  'sk-learn',
  'pat.js',
  'SEC-1',
  'key-value',
  'api-gateway',
])('leaves %j alone', (text) => {
  expect(redactText(`x ${text} y`)).toBe(`x ${text} y`)
})

it.each([...new Set(starts.map(([, start]) => (start === '#' ? '1' : start!)))])(
  'takes linear time on many %j',
  (start) => {
    expect(bestRatio((size) => start.repeat(size / start.length), redactText, 3125)).toBeLessThan(linear)
  },
)
