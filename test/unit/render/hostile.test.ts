import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alert } from '#core/model.ts'
import type { Message } from '#core/provider/provider.ts'
import { createRenderer } from '#core/render/render.ts'
import { inSoak } from '../../soak.ts'
import { aNotification, anItem, aRecord, noon, plainChannel, toText } from './support.ts'

const megabyte = 1024 * 1024
const esc = String.fromCharCode(27)
const password = 'correct-horse-battery'
const hostile = `${esc}[31m@all${esc}[0m\r\nBcc: x@y <!channel> <at user_id="all">all</at> \ud800 \u202epassword=${password}\u0000`

/** No control character but the line break, no lone surrogate, no bidi override. */
const unclean = /(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u

function evil(text: string): Alert {
  const record = aRecord({
    msg: text,
    requestId: text,
    traceId: text,
    fields: { [text.slice(0, 50)]: text, deep: { token: password, text }, userId: text },
    err: {
      type: text,
      message: `${text} `,
      code: text,
      stack: `${text}\n    at ${text} (${text}:1:1)`,
      causes: [text],
    },
  })
  const labels = { service: text, env: text, [text.slice(0, 300)]: text, apiKey: password }
  return anItem({ rule: text, key: text, labels, code: text, runbook: text, first: record, latest: record })
    .alert
}

function expectHarmless(message: Message): void {
  const facts = message.cards.flatMap((card) => card.facts)
  for (const line of [message.subject, ...message.brief, ...message.cards.map((card) => card.title)]) {
    expect(line.length).toBeLessThanOrEqual(200)
    expect(line).not.toContain('\n')
  }
  for (const { text, runbook = '' } of message.cards) {
    expect(text.length).toBeLessThanOrEqual(2000)
    expect(runbook.length).toBeLessThanOrEqual(500)
  }
  for (const { label, value } of facts) {
    expect(label.length).toBeLessThanOrEqual(60)
    expect(value.length).toBeLessThanOrEqual(500)
    expect(value).not.toContain('\n')
  }
  const data = JSON.stringify(message.cards.map((card) => card.data))
  expect(data.length).toBeLessThan(20_000 * (message.cards.length + 1))
  for (const said of [toText(message), ...strings(message)]) {
    expect(unclean.test(said)).toBe(false)
    expect(said).not.toContain(password)
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...strings(inner)])
}

const everyKind = ['a', '=', '@', '<', '\n', '汉', '😀', '4', `${esc}[`, 'password=', '\ud800', '{', '"']
const include = ['userId', 'deep', 'deep.token', 'err.stack', '__proto__', 'constructor']
const formats = [
  'full',
  'short',
  { subject: '{message} {userId}', body: '{message}\n{deep}\n{err.stack}' },
] as const

describe('a message built from hostile records', () => {
  for (const format of formats) {
    const name = typeof format === 'string' ? format : 'templates'
    const render = createRenderer({ ...plainChannel, include, format, traceUrl: 'https://t/{traceId}' })

    test(`is clean, bounded and without secrets (${name})`, () => {
      const alert = { ...evil(hostile), summary: '{msg} {deep.token} {userId}' }
      const message = render(aNotification([anItem(alert), anItem({ ...alert, id: 'b' })]))
      expectHarmless(message)
    })

    test(`keeps its bounds for a megabyte of one character (${name})`, () => {
      for (const char of format === 'full' ? everyKind : ['a', 'password=']) {
        const text = char.repeat(Math.ceil(megabyte / char.length))
        const before = process.cpuUsage()
        expectHarmless(render(aNotification([anItem(evil(text))])))
        const { user, system } = process.cpuUsage(before)
        expect((user + system) / 1_000).toBeLessThan(10_000)
      }
    })
  }

  test('is bounded for many alerts at once', () => {
    const render = createRenderer(plainChannel)
    const items = Array.from({ length: 1000 }, (_, index) => anItem({ ...evil(hostile), id: String(index) }))
    const message = render(aNotification(items))
    expectHarmless(message)
    expect(toText(message).length).toBeLessThan(60_000)
  })

  test('keeps a mention as the text it was: escaping is the provider’s', () => {
    const [card] = createRenderer(plainChannel)(aNotification([anItem(evil('@all <!channel>'))])).cards
    expect(card!.title).toContain('@all <!channel>')
  })

  test('names no secret that hides in a cut, an escape code or a line break', () => {
    const render = createRenderer(plainChannel)
    const bearer = `${'x'.repeat(110)} Bearer ${'abcdef0123456789'.repeat(20)}`
    for (const msg of [
      bearer,
      `pass${esc}[1mword${esc}[0m=${password}`,
      `password:\n${password}`,
      `a\n"token": "${password}"`,
    ]) {
      const said = toText(render(aNotification([anItem({ latest: aRecord({ msg }) })])))
      expect(said).not.toContain('abcdef0123456789')
      expect(said).not.toContain(password)
    }
  })

  test('survives times, counts and numbers that are none', () => {
    const render = createRenderer({ ...plainChannel, include: ['x'] })
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300]) {
      const latest = aRecord({ time: bad, fields: { x: bad } })
      const item = anItem(
        { firstSeen: bad, lastSeen: bad, count: bad, latest },
        { notifiedAt: bad, nextAt: bad },
      )
      expectHarmless(render(aNotification([item], { at: bad }), { now: noon }))
    }
  })

  test('survives a zone that does not exist', () => {
    const message = createRenderer({ ...plainChannel, timeZone: 'Mars/Olympus' })(aNotification())
    expect(toText(message)).toContain('06:05:09 UTC')
  })

  test('is harmless whatever the strings are', () => {
    const render = createRenderer({ ...plainChannel, include, traceUrl: 'https://t/{traceId}' })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expectHarmless(render(aNotification([anItem(evil(`${text}${hostile}`))])))
      }),
      { numRuns: inSoak(1_000, 60) },
    )
  })
})
