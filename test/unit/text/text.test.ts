import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanLine, cleanText, cutBytes, cutChars, stripAnsi, utf8Length } from '#core/text/text.ts'
import { inSoak } from '../../soak.ts'
import { bestRatio, linear } from './linear.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text).length
const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const esc = '\u001b'
const hostile = fc.array(
  fc.oneof(
    fc.constantFrom(
      esc,
      '[',
      ']',
      '31m',
      '\u009b',
      '\u0007',
      '\\',
      ';',
      '\r',
      '\n',
      '\t',
      '\u2028',
      '\u202e',
    ),
    fc.constantFrom('\ud83d', '\udca5', '💥', '支付', 'a', '\0', '\u0085', '@', '\u2066'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
  { maxLength: 60 },
)
const hostileText = hostile.map((parts) => parts.join(''))

describe('utf8Length', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 2],
    ['支付', 6],
    ['💥', 4],
    ['\ud83d', 3],
  ])('%j takes %d bytes', (text, bytes) => {
    expect(utf8Length(text)).toBe(bytes)
  })

  it('is what is sent, for any text', () => {
    fc.assert(fc.property(anyText, (text) => void expect(utf8Length(text)).toBe(bytesOf(text))))
  })
})

describe('cutBytes', () => {
  it('leaves alone what fits, to the byte', () => {
    expect(cutBytes('支付', 6)).toBe('支付')
    expect(cutBytes('', 0)).toBe('')
  })

  it('marks what it cuts, within the limit', () => {
    expect(cutBytes('支付网关', 11)).toBe('支付…')
    expect(cutBytes('abcdef', 5)).toBe('ab…')
    expect(cutBytes('abcdef', 5, '')).toBe('abcde')
    expect(cutBytes('abcdef', 5, '[…]')).toBe('[…]')
  })

  it('never splits a code point', () => {
    expect(cutBytes('a💥b', 5, '')).toBe('a💥')
    expect(cutBytes('a💥b', 4, '')).toBe('a')
    expect(cutBytes('💥', 3, '')).toBe('')
  })

  it('drops the mark where there is no room for it', () => {
    expect(cutBytes('abc', 2)).toBe('ab')
    expect(cutBytes('支付', 2)).toBe('')
  })

  it.each([0, -1, Number.NaN])('leaves nothing within %d bytes', (max) => {
    expect(cutBytes('abc', max)).toBe('')
  })

  it('keeps as much of the start as the limit allows, for any text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(300), fc.constantFrom('', '…', '...'), (text, max, mark) => {
        const cut = cutBytes(text, max, mark)
        expect(bytesOf(cut)).toBeLessThanOrEqual(max)
        if (bytesOf(text) <= max) {
          expect(cut).toBe(text)
          return
        }
        const kept = bytesOf(mark) <= max ? cut.slice(0, cut.length - mark.length) : cut
        expect(text.startsWith(kept)).toBe(true)
        const next = String.fromCodePoint(text.codePointAt(kept.length)!)
        const room = max - bytesOf(cut) + bytesOf(kept)
        expect(bytesOf(kept) + bytesOf(next)).toBeGreaterThan(room)
      }),
    )
  })
})

describe('cutChars', () => {
  it('counts UTF-16 units and marks what it cuts', () => {
    expect(cutChars('abcdef', 6)).toBe('abcdef')
    expect(cutChars('abcdef', 5)).toBe('abcd…')
    expect(cutChars('💥💥💥', 5, '')).toBe('💥💥')
    expect(cutChars('💥💥💥', 4)).toBe('💥…')
    expect(cutChars('abc', 2, '...')).toBe('ab')
  })

  it.each([0, -1, Number.NaN])('leaves nothing within %d units', (max) => {
    expect(cutChars('abc', max)).toBe('')
  })

  it('keeps a well-formed text well-formed and within the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), fc.nat(40), (text, max) => {
        const cut = cutChars(text, max)
        expect(cut.length).toBeLessThanOrEqual(max)
        expect(cut).not.toMatch(/\p{Cs}/u)
        if (text.length <= max) expect(cut).toBe(text)
      }),
    )
  })
})

describe('stripAnsi', () => {
  it.each([
    ['colours', `${esc}[1;31mred${esc}[0m`, 'red'],
    ['256 and true colours', `${esc}[38;5;196mred${esc}[38:2::1:2:3mtoo`, 'redtoo'],
    ['cursor moves', `${esc}[2K${esc}[1A${esc}[?25lgone`, 'gone'],
    ['one-byte introducers', '\u009b31mred\u009b0m', 'red'],
    ['a window title', `${esc}]0;title\u0007text`, 'text'],
    ['a link', `${esc}]8;;https://x${esc}\\label${esc}]8;;${esc}\\`, 'label'],
    ['a device string', `${esc}P1$r0m${esc}\\text`, 'text'],
    ['character sets and short codes', `${esc}(B${esc}7a${esc}8${esc}c`, 'a'],
    ['nothing else', '[31m is text', '[31m is text'],
    ['no end of a string that has none', `${esc}]0;title never ends`, `${esc}]0;title never ends`],
  ])('takes out %s', (_what, text, plain) => {
    expect(stripAnsi(text)).toBe(plain)
  })
})

describe('cleanLine', () => {
  it.each([
    ['line breaks become one space', 'a\r\nb\nc\rd\n\ne', 'a b c d e'],
    ['so do the rarer ones', 'a\u2028b\u2029c\u0085d\u000be\u000cf', 'a b c d e f'],
    ['tabs become spaces', 'a\tb', 'a b'],
    ['controls go', 'a\0b\u0007c\u007fd\u0090e', 'abcde'],
    ['colours go', `${esc}[31mred${esc}[0m`, 'red'],
    ['a broken sequence loses its escape', `a${esc}[31`, 'a[31'],
    ['bidi overrides go', 'a\u202egnp.exe\u2066b\u2069', 'agnp.exeb'],
    ['lone surrogates become U+FFFD', 'a\ud83db\udca5', 'a\ufffdb\ufffd'],
    ['pairs stay', '💥', '💥'],
    ['halves with a control character between them do not join', '\ud83d\0\udca5', '\ufffd\ufffd'],
    ['other scripts stay', 'שלום 支付 ‍👩‍💻', 'שלום 支付 ‍👩‍💻'],
  ])('%s', (_what, text, clean) => {
    expect(cleanLine(text)).toBe(clean)
  })

  it('leaves nothing harmful of any text, and changes nothing the second time', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = cleanLine(text)
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(cleanLine(clean)).toBe(clean)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('cleanText', () => {
  it('keeps line breaks, each as a newline, and cleans the rest', () => {
    expect(cleanText(`a\r\nb\rc\n\nd\u2028e\tf\0${esc}[31mg\ud800\u202e`)).toBe('a\nb\nc\n\nd\ne fg\ufffd')
  })

  it('is cleanLine with its newlines left', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = cleanText(text)
        expect(clean).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(cleanText(clean)).toBe(clean)
        expect(cleanLine(clean)).toBe(cleanLine(text))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('on hostile input', () => {
  const shapes: Record<string, (size: number) => string> = {
    'one letter': (size) => 'a'.repeat(size),
    'escapes without end': (size) => `${esc}[`.repeat(size / 2),
    'one escape and digits': (size) => `${esc}[${'0'.repeat(size)}`,
    'titles without end': (size) => `${esc}]x`.repeat(size / 3),
    'spaces in an escape': (size) => `${esc}${' '.repeat(size)}\0`,
    'line breaks': (size) => '\r\n'.repeat(size / 2),
    'lone surrogates': (size) => '\ud83d'.repeat(size),
    astral: (size) => '💥'.repeat(size / 2),
    controls: (size) => '\u0000\u202e'.repeat(size / 2),
  }
  for (const [name, make] of Object.entries(shapes)) {
    it(`takes linear time: ${name}`, () => {
      expect(bestRatio(make, cleanLine)).toBeLessThan(linear)
      expect(bestRatio(make, cleanText)).toBeLessThan(linear)
      expect(bestRatio(make, (text) => cutBytes(text, text.length - 1))).toBeLessThan(linear)
    })
  }

  it('cleans megabytes', () => {
    const times = inSoak(1_100_000, 220_000)
    const text = `${esc}[31m\ud83dé\r\n`.repeat(times)
    expect(cleanLine(text)).toHaveLength(3 * times)
    expect(utf8Length(cutBytes(text, 20_000))).toBeLessThanOrEqual(20_000)
  })
})
