import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFit } from '#core/deliver/fit.ts'
import type { Message } from '#core/provider/provider.ts'
import { createRenderer } from '#core/render/render.ts'
import { shortest } from '#core/render/shorten.ts'
import { escapeHtml, utf8Length } from '#core/text/text.ts'
import { aNotification, anItem, aRecord, kinds, plainChannel, toText } from '../render/support.ts'

const render = createRenderer({
  ...plainChannel,
  mentions: { critical: ['U1'] },
  traceUrl: 'https://t/{traceId}',
})
const context = Array.from({ length: 20 }, (_, index) => `line ${index} ${'.'.repeat(50)}`)

function rich(count: number, text = 'what the provider said '.repeat(30)): Message {
  const items = kinds(count).map((item, index) => {
    const latest = aRecord({
      msg: `problem ${index}`,
      err: { message: text },
      requestId: `req-${index}`,
      traceId: 't',
    })
    const labels = { service: 'payments', region: 'eu-central', shard: 'x'.repeat(300) }
    return { ...item, alert: { ...item.alert, labels, latest, first: latest, runbook: 'https://wiki/pay' } }
  })
  const message = render(aNotification(items))
  return { ...message, cards: message.cards.map((card) => ({ ...card, context })) }
}

/** A syntax with its own escapes and brackets, which a cut at the wrong place would break. */
function html(message: Message): string {
  const lines = toText(message)
    .split('\n')
    .map((line) => `<p>${escapeHtml(line)}</p>`)
  return `<div>${lines.join('')}</div>`
}

function counting(inner: (message: Message) => string) {
  const counted = { calls: 0, last: undefined as Message | undefined, versions: [] as Message[] }
  const run = (message: Message) => {
    counted.calls += 1
    counted.versions.push(message)
    return inner(message)
  }
  return { counted, run }
}

describe('fit', () => {
  test('renders a message that fits once, whole', () => {
    const message = rich(3)
    const { counted, run } = counting(toText)
    expect(createFit(message, { maxBytes: 100_000 })(run)).toBe(toText(message))
    expect(counted.calls).toBe(1)
    expect(createFit(message, {})(toText)).toBe(toText(message))
  })

  test('drops the oldest context first, and nothing else while that is enough', () => {
    const message = rich(1)
    const size = toText(message).length
    const text = createFit(message, { maxChars: size - 10 })(toText)
    expect(text).not.toContain('line 0 ')
    expect(text).toContain('line 19 ')
    expect(text).toContain('shard: ')
    expect(text).toContain('requestId: req-0')
  })

  test('then labels, then text; the request can be found to the last', () => {
    const text = createFit(rich(1), { maxChars: 700 })(toText)
    expect(text).not.toContain('line 19')
    expect(text).not.toContain('shard')
    expect(text).toContain('requestId: req-0')
    expect(text).toContain('what the provider said')
  })

  test('then cards become lines, and every alert is still named', () => {
    const text = createFit(rich(8), { maxChars: 900 })(toText)
    for (let index = 0; index < 8; index++) expect(text).toContain(`problem ${index} ×`)
    expect(text).not.toContain('more')
  })

  test('then there are fewer lines, and the rest is a number', () => {
    const message = rich(100)
    const { counted, run } = counting(toText)
    const text = createFit(message, { maxChars: 400 })(run)
    const shown = text.match(/^\[CRITICAL\] problem \d+ ×/gm)!.length
    expect(shown).toBeGreaterThan(2)
    expect(text).toContain(`and ${100 - shown} more`)
    expect(counted.calls).toBeLessThanOrEqual(12)
  })

  test('at the end only the subject is left, cut, and the number of the others', () => {
    const text = createFit(rich(37), { maxBytes: 90 })(toText)
    expect(text).toMatch(/^\[CRITICAL\] payments: 37 new alerts, worst: problem 0/)
    expect(text).toContain('and 36 more')
    const tiny = createFit(rich(1, '汉'.repeat(500)), { maxBytes: 40 })(html)
    expect(utf8Length(tiny)).toBeLessThanOrEqual(40 + '<div></div>'.length)
  })

  test('takes the limits of the call before those of the provider', () => {
    const fit = createFit(rich(5), { maxChars: 10_000 })
    expect(fit(toText, { maxChars: 500 }).length).toBeLessThanOrEqual(500)
    expect(fit(toText).length).toBeGreaterThan(500)
  })

  test('a body of the user is cut for one alert, and is replaced by the built-in text for several', () => {
    const own = createRenderer({ ...plainChannel, format: { body: 'mine: {message}' } })
    const one = own(aNotification([anItem({ latest: aRecord({ msg: 'm'.repeat(900) }) })]))
    const cut = createFit(one, { maxChars: 400 })(toText)
    expect(cut).toContain('mine: mmm')
    expect(cut).toContain('…')
    const many = createFit(own(aNotification(kinds(50))), { maxChars: 400 })(toText)
    expect(many).not.toContain('mine')
    expect(many).toMatch(/and \d+ more/)
  })

  test('keeps every limit on any message, always accounts for all alerts, and renders at most twelve times', () => {
    const someText = fc.string({ unit: 'grapheme', maxLength: 300 })
    const limits = fc.record(
      { maxBytes: fc.integer({ min: 260, max: 6000 }), maxChars: fc.integer({ min: 260, max: 6000 }) },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        someText,
        limits,
        fc.boolean(),
        (count, text, limit, asHtml) => {
          const message = rich(count, `<${text}`)
          const { counted, run } = counting(asHtml ? html : toText)
          const fitted = createFit(message, limit)(run)
          expect(fitted.length).toBeLessThanOrEqual(limit.maxChars ?? Number.POSITIVE_INFINITY)
          expect(utf8Length(fitted)).toBeLessThanOrEqual(limit.maxBytes ?? Number.POSITIVE_INFINITY)
          expect(counted.calls).toBeLessThanOrEqual(12)
          if (asHtml) expect(fitted).toMatch(/^<div>(<p>([^<>&]|&(amp|lt|gt|quot|#39);)*<\/p>)*<\/div>$/)
          const used = counted.versions.find((version) => (asHtml ? html : toText)(version) === fitted)!
          const shown = used.cards.length + used.brief.length
          expect(shown === 0 ? used.more + 1 : shown + used.more).toBe(count)
          if (used.more > 0) expect(fitted).toContain(`and ${used.more} more`)
          expect(used.closing.filter((line) => / more$/.test(line)).length).toBe(used.more > 0 ? 1 : 0)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('the shortest form', () => {
  test('is up to five lines in the plainest syntax, under another id', () => {
    const short = shortest(rich(37))
    expect(short).toMatchObject({ plain: true, cards: [], more: 32, id: 'n1-plain' })
    expect(short.brief).toHaveLength(5)
    expect(short.closing).toContain('and 32 more')
    expect(short.body).toBeUndefined()
    expect(toText(short).length).toBeLessThan(600)
  })

  test('names the alert if there is one', () => {
    expect(shortest(rich(1))).toMatchObject({ brief: ['[CRITICAL] problem 0 ×1,000'], more: 0, plain: true })
  })
})
