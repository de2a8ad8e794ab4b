/**
 * What every provider in the table owes, whatever its API: one suite, run over every row against fakes that
 * answer as the real ones do.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { View } from '#cli/fake/exchange.ts'
import type { Behaviour } from '#cli/fake/mode.ts'
import { createInbox, type Inbox } from '#cli/inbox/inbox.ts'
import type { Received } from '#cli/inbox/received.ts'
import type { Receipt } from '#core/model.ts'
import type { AlertCard, Message, SendContext } from '#core/provider/provider.ts'
import { shortest } from '#core/render/shorten.ts'
import { inSoak } from '../soak.ts'
import { aCard, aMessage } from '../unit/providers/support.ts'
import { type AttemptParts, attemptOnce } from './attempt.ts'
import { longestDelayMs, type Row, rows, secrets, settings } from './rows.ts'

/** A case that does not apply to a provider is left out instead of skipped. */
const when = (applies: unknown) => (applies ? it : (_name: string, _test: () => unknown) => {})

let inbox: Inbox
/** The id of what had arrived last before the last attempt. */
let seen = 0

/** What is to be seen of the usual message. */
const usual = ['payments prod', 'card gateway timeout after 3000 ms', '14:05:00', '4bf92f35']

beforeAll(async () => {
  inbox = await createInbox({ settings, rateLimits: false })
})
afterAll(() => inbox.close())

let messages = 0
/** Each is another one: what keeps a second attempt from arriving twice must not see one here. */
const notified = (parts: Partial<Message> = {}) =>
  aMessage({ id: `n-${++messages}`, to: ['ops@example.com'], at: Date.now(), ...parts })

describe.each(Object.entries(rows))('%s', (_name, row) => {
  const { remote } = row

  beforeEach(() => {
    inbox.clear()
    if (remote) inbox.behave(remote.fake, 'ok')
  })

  it('delivers, and people see what happened', async () => {
    expect(await attempt(row)).toEqual({ status: 'delivered' })
    const text = shown(row)
    for (const part of row.sees ?? usual) expect(text).toContain(part)
  })

  it('is taken also if the clock advances between any two reads', async () => {
    let at = Date.now()
    expect(await attempt(row, notified(), { now: () => (at += 1000) })).toEqual({ status: 'delivered' })
  })

  it('says that something is over', async () => {
    const cards = [aCard({ reason: 'resolved', title: '[RESOLVED] card gateway' })]
    const message = notified({ reason: 'resolved', subject: '[RESOLVED] payments prod: card gateway', cards })
    expect(await attempt(row, message)).toEqual({ status: 'delivered' })
    // Systems of incidents show the state themselves.
    const isShown = row.provider.kind !== 'incident'
    expect(shown(row)).toContain(isShown ? '[RESOLVED]' : '')
  })

  when(remote)('waits as long as it is asked to', async () => {
    const { behaviour, leastDelayMs } = remote!.throttled
    const receipt = await answered(row, behaviour)
    expect(receipt).toMatchObject({ status: 'retry' })
    const delayMs = receipt.status === 'retry' ? (receipt.delayMs ?? 0) : 0
    expect(delayMs).toBeGreaterThanOrEqual(leastDelayMs)
    expect(delayMs).toBeLessThanOrEqual(longestDelayMs)
  })

  when(remote)('retries after a temporary failure', async () => {
    for (const behaviour of remote!.passing) {
      expect(await answered(row, behaviour), JSON.stringify(behaviour)).toMatchObject({ status: 'retry' })
    }
  })

  when(remote)('takes the provider at its word when it says no, also inside a 200', async () => {
    for (const behaviour of remote!.no) {
      expect(await answered(row, behaviour), JSON.stringify(behaviour)).toMatchObject({ status: 'failed' })
    }
  })

  when(remote)('does not take for success what somebody else answers', async () => {
    for (const behaviour of remote!.odd) {
      expect((await answered(row, behaviour)).status, JSON.stringify(behaviour)).not.toBe('delivered')
    }
  })

  when(remote)('is refused with bad credentials, without showing good or bad ones', async () => {
    const options = remote!.badCredentials(row.options(inbox), inbox)
    const receipt = await attempt(row, notified(), { options })
    expect(receipt).toMatchObject({ status: 'failed' })
    expect(JSON.stringify(receipt)).not.toContain('another')
  })

  when(remote)('ends at once when its signal says so, and a timeout is one to try again', async () => {
    for (const behaviour of remote!.silent) {
      inbox.behave(remote!.fake, behaviour)
      const stop = new AbortController()
      const arrived = remote!.fake === 'email' ? Promise.resolve() : inbox.next({ provider: remote!.fake })
      const sending = attempt(row, notified(), { signal: stop.signal })
      await arrived
      stop.abort(new DOMException('no answer in time', 'TimeoutError'))
      expect(await sending, JSON.stringify(behaviour)).toMatchObject({ status: 'retry' })
    }
    expect(await attempt(row, notified(), { signal: AbortSignal.abort() })).toMatchObject({ status: 'retry' })
    expect(await answered(row, 'ok')).toEqual({ status: 'delivered' })
  })

  when(remote?.tooLong)('knows "too long", and is then taken in the shortest plain form', async () => {
    expect(await answered(row, remote!.tooLong!)).toMatchObject({ status: 'failed', tooLong: true })
    expect(await answered(row, 'ok', shortest(notified()))).toEqual({ status: 'delivered' })
    expect(shown(row)).toContain('payments prod')
  })

  it('cuts 100 kB, and 100 alerts, and says how many are left out', async () => {
    const long = aCard({
      text: '磁盘已满😀 & <b>"\\'.repeat(8_000),
      context: Array.from({ length: 200 }, (_, index) => `${index} ${'长'.repeat(300)}`),
      facts: Array.from({ length: 60 }, (_, index) => ({ label: `字段${index}`, value: '值'.repeat(400) })),
    })
    expect(await attempt(row, notified({ cards: [long] }))).toEqual({ status: 'delivered' })
    expect(shown(row)).toContain('payments prod')
    expect(shown(row)).not.toContain('\ufffd')

    const { text: whole, context, facts } = long
    const part = {
      text: whole.slice(0, 12_000),
      context: context.slice(0, 20),
      facts: facts.slice(0, 20),
    }
    const each = { ...long, ...inSoak({}, part) }
    const cards = Array.from({ length: 10 }, (_, index) => ({ ...each, ...title(index) }))
    const brief = Array.from({ length: 90 }, (_, index) => title(index + 10).title)
    const subject = `[ERROR] payments prod: problem №0 of a hundred`
    expect(await attempt(row, notified({ subject, cards, brief, closing: [] }))).toEqual({
      status: 'delivered',
    })
    const text = shown(row)
    const seen = Array.from({ length: 100 }, (_, index) => title(index).title).filter((one) =>
      text.includes(one.replace('[ERROR] ', '')),
    ).length
    const more = Number(/and (\d+) more/.exec(text)?.[1] ?? 0)
    expect(seen + more).toBe(100)
  })

  it('shows data as it is, whatever it looks like, and it pings no one', async () => {
    const isWhole = row.sees === undefined
    const hostile =
      '😀 磁盘 <b> & *x* _y_ `z` "q" \\ @all @13800000000 <@U012AB3CD> <!channel> <at user_id="all">x</at> [l](http://x.example)'
    const card = aCard({
      title: hostile,
      text: `${hostile}\n# ${hostile}\n> ${hostile}`,
      facts: [{ label: 'user', value: hostile }],
      context: [hostile],
    })
    const message = notified({ subject: hostile, cards: [card], brief: [hostile], closing: [hostile] })
    for (const plain of [false, true]) {
      expect(await attempt(row, { ...message, id: `${message.id}-${plain}`, plain })).toEqual({
        status: 'delivered',
      })
      const text = shown(row)
      for (const part of [
        '😀 磁盘',
        '<b> & *x* _y_',
        '@all',
        '@13800000000',
        '<@U012AB3CD>',
        '<!channel>',
        '[l](http',
      ]) {
        if (isWhole) expect(text).toContain(part)
      }
      if (remote) expect(last(row).view.mentions).toEqual([])
    }
  })

  it('stays valid with control characters, lone surrogates, empty parts and line breaks', async () => {
    const odd = '\u0000\u001b[31m\ud800x\r\ny\u2028z\u202e'
    const card = aCard({ title: odd, text: '', facts: [{ label: '', value: odd }], context: ['', odd] })
    expect(await attempt(row, notified({ cards: [card], closing: [] }))).toEqual({ status: 'delivered' })
    expect(await attempt(row, notified({ cards: [], closing: [] }))).toEqual({ status: 'delivered' })
    expect(await attempt(row, notified({ body: 'my own {words}\nin two lines' }))).toEqual({
      status: 'delivered',
    })
    expect(shown(row)).toContain('in two lines')
  })

  when(remote?.mentions)('mentions the given people', async () => {
    const { given, pinged } = remote!.mentions!
    expect(await attempt(row, notified({ mentions: given }))).toEqual({ status: 'delivered' })
    expect([...last(row).view.mentions].sort()).toEqual([...pinged].sort())
    expect(last(row).view.notes).toEqual([])
  })

  when(remote)('can do what its definition says, and no less', async () => {
    const { supports = {} } = row.provider
    if (supports.success === undefined) return
    expect(supports.mention !== undefined).toBe(remote!.mentions !== undefined)
    const url = 'https://trace.example.com/of-the-button'
    // The style that has it, where it is a matter of style.
    const [, style] = /`style: (\w+)`/.exec(String(supports.button)) ?? []
    const options = { ...row.options(inbox), ...(style !== undefined && { style }) }
    const message = notified({ link: { label: 'trace', url }, cards: [aCard({ facts: [], context: [] })] })
    expect(await attempt(row, message, { options })).toEqual({ status: 'delivered' })
    const sent = inbox.received({ provider: remote!.fake, since: seen }).map(({ request }) => request.body)
    const clicks = decodeURIComponent(sent.join()).includes(url)
    expect(clicks).toBe(supports.button !== undefined)
  })

  when(remote && remote.fake !== 'email')('is asked once per attempt, whatever the answer', async () => {
    await answered(row, { status: 503 })
    expect(inbox.received().length).toBe(1)
  })

  it('never throws, even when the network or the renderer does', async () => {
    const broken: Partial<SendContext>[] = [
      { fetch: () => Promise.reject(new TypeError(`fetch failed for ${Object.values(secrets).join()}`)) },
      {
        fetch: () => {
          throw new Error('no fetch')
        },
      },
      {
        fit: () => {
          throw new Error('no text')
        },
      },
    ]
    for (const context of broken) {
      const receipt = await attempt(row, notified(), context)
      expect(['delivered', 'retry', 'failed']).toContain(receipt.status)
    }
  })
})

function title(index: number): Pick<AlertCard, 'id' | 'title'> {
  return { id: String(index), title: `[ERROR] problem №${index} of a hundred` }
}

/** One attempt at the fake of the row. */
async function attempt(row: Row, message: Message = notified(), parts: AttemptParts = {}): Promise<Receipt> {
  seen = inbox.received().at(-1)?.id ?? 0
  return attemptOnce(row, message, { options: row.options(inbox), ...parts })
}

async function answered(row: Row, behaviour: Behaviour, message?: Message): Promise<Receipt> {
  if (row.remote) inbox.behave(row.remote.fake, behaviour)
  return attempt(row, message)
}

function last(row: Row): Received {
  const received = inbox.received({ provider: row.remote!.fake, ok: true }).at(-1)
  if (!received) throw new Error('nothing was taken')
  return received
}

/**
 * What a reader sees of the last attempt, which may have been several requests; invisible characters left
 * out.
 */
function shown(row: Row): string {
  const taken = row.remote ? inbox.received({ provider: row.remote.fake, ok: true, since: seen }) : []
  const views: readonly Pick<View, 'subject' | 'text'>[] = row.remote
    ? taken.map(({ view }) => view)
    : [{ text: row.printed!() }]
  const text = views.map(({ subject = '', text }) => `${subject}\n${text}`).join('\n')
  const visible = text.replaceAll('\u200b', '')
  return row.remote?.shown?.(visible) ?? visible
}
