import { describe, expect, test } from 'vitest'
import { merge } from '#core/alerts/notification.ts'
import { recordKey } from '#core/fingerprint/fingerprint.ts'
import { splitAlerts } from '#core/provider/incident.ts'
import { createRenderer } from '#core/render/render.ts'
import { aNotification, anItem, aRecord, kinds, noon, plainChannel, toText } from './support.ts'

const minute = 60_000
const render = createRenderer(plainChannel)
const facts = (text: ReturnType<typeof render>) =>
  text.cards[0]!.facts.map(({ label, value }) => `${label}: ${value}`)

describe('the subject', () => {
  test('says how bad, where, what and how often', () => {
    const { subject } = render(aNotification([anItem({ count: 37 })]))
    expect(subject).toBe('[CRITICAL] payments prod: card gateway timeout ×37')
  })

  test('says nothing of a count of one, nor of a service that is not known', () => {
    const { subject } = render(aNotification([anItem({ labels: {}, severity: 'error' })]))
    expect(subject).toBe('[ERROR] card gateway timeout')
  })

  test('takes service and env from the options where the alert has no such label', () => {
    const { subject } = createRenderer({ ...plainChannel, service: 'billing', env: 'test' })(
      aNotification([anItem({ labels: {} })]),
    )
    expect(subject).toBe('[CRITICAL] billing test: card gateway timeout')
  })

  test('says RESOLVED once it is over', () => {
    const { subject } = render(aNotification([anItem({ state: 'resolved', count: 37 })]))
    expect(subject).toBe('[RESOLVED] payments prod: card gateway timeout ×37')
  })

  test('counts several alerts and names the first that still fires', () => {
    const over = anItem({ id: 'b', state: 'resolved', latest: aRecord({ msg: 'it is back' }) })
    const firing = anItem({ id: 'c', severity: 'error', count: 3, latest: aRecord({ msg: 'disk full' }) })
    const message = render(aNotification([over, firing]))
    expect(message.subject).toBe('[ERROR] payments prod: 1 firing, 1 resolved, worst: disk full')
    expect(message.cards.map((card) => card.title)).toEqual(['[RESOLVED] it is back', '[ERROR] disk full ×3'])
    expect(message.severity).toBe('error')
  })

  test('never loses the count, however long the text', () => {
    const { subject } = render(
      aNotification([anItem({ count: 37, latest: aRecord({ msg: 'x'.repeat(5000) }) })]),
    )
    expect(subject.length).toBeLessThanOrEqual(200)
    expect(subject).toMatch(/… {1,2}×37$|… ×37$/)
  })

  test('names no service when the alerts are of several; each line then names its own', () => {
    const items = [anItem({ id: 'a' }), anItem({ id: 'b', labels: { service: 'search' } })]
    const message = createRenderer({ ...plainChannel, max: 1 })(aNotification(items))
    expect(message.subject).toBe('[CRITICAL] 2 new alerts, worst: card gateway timeout')
    expect(facts(message)).toContain('Service: payments')
    expect(message.brief).toEqual(['search: [CRITICAL] card gateway timeout'])
  })
})

describe('a card', () => {
  const record = aRecord({
    msg: 'charge failed',
    requestId: 'req-7',
    traceId: 'abc def',
    fields: { job: 'nightly', userId: 'u-1', password: 'hunter2' },
    err: {
      type: 'TypeError',
      message: 'gateway did not answer',
      code: 'ETIMEDOUT',
      stack: `TypeError: gateway did not answer
    at node:internal/timers:5:1
    at Pool.query (/srv/app/node_modules/pg/pool.js:1:1)
    at async charge (file:///srv/app/src/pay.ts:42:13)`,
    },
  })
  const item = anItem(
    {
      count: 74,
      latest: record,
      first: record,
      lastSeen: noon + 2 * minute,
      labels: { region: 'eu' },
      runbook: 'https://wiki/pay',
    },
    { reason: 'repeat', added: 37, notifiedAt: noon, nextAt: noon + 15 * minute },
  )

  test('says what, when, how often and which request, in this order', () => {
    const message = createRenderer({ ...plainChannel, traceUrl: 'https://t/{traceId}' })(
      aNotification([item], { at: noon + 5 * minute }),
    )
    const [card] = message.cards
    expect(card!.title).toBe('[CRITICAL] charge failed ×74 (still firing)')
    expect(message.subject).toBe('[CRITICAL] charge failed ×74 (still firing)')
    expect(card!.lead).toBe('Still firing: 37 more since 14:05:09, 74 in total.')
    expect(card!.text).toBe('gateway did not answer')
    expect(facts(message)).toEqual([
      'Code: ETIMEDOUT',
      'Location: charge (app/src/pay.ts:42)',
      'First seen: 2026-11-23 14:05:09 UTC+8',
      'Last seen: 14:07:09',
      'requestId: req-7',
      'traceId: abc def',
      'region: eu',
    ])
    expect(card!.facts[5]!.url).toBe('https://t/abc%20def')
    expect(card!.runbook).toBe('https://wiki/pay')
    expect(card!.context).toEqual([])
    expect(message.closing).toEqual(['If it continues, next reminder at 14:20.'])
    expect(message.link).toEqual({ label: 'Open trace', url: 'https://t/abc%20def' })
  })

  test('shows neither the stack nor any field that was not asked for', () => {
    const said = JSON.stringify(render(aNotification([item])))
    expect(said).not.toContain('pool.js')
    expect(said).not.toContain('u-1')
    expect(said).not.toContain('nightly')
    expect(said).not.toContain('hunter2')
  })

  test('shows the fields of `include`, secrets still hidden', () => {
    const message = createRenderer({
      ...plainChannel,
      include: ['userId', 'password', 'err.stack', 'nothing'],
    })(aNotification([item]))
    expect(facts(message)).toContain('userId: u-1')
    expect(facts(message)).toContain('password: ***')
    expect(facts(message).join()).toContain('at Pool.query')
    expect(facts(message).join()).not.toContain('nothing')
    expect(message.cards[0]!.data['fields']).toMatchObject({ userId: 'u-1', password: '***' })
  })

  test('is written in Chinese for a channel with that locale', () => {
    const chinese = createRenderer({ ...plainChannel, locale: 'zh-CN' })
    const message = chinese(aNotification([item], { at: noon + 5 * minute }))
    expect(message.subject).toBe('[严重] charge failed ×74（仍在发生）')
    expect(message.cards[0]!.lead).toBe('仍在发生：14:05:09 以来新增 37 次，累计 74 次')
    expect(facts(message)).toContain('首次发生: 2026-11-23 14:05:09 UTC+8')
    expect(message.closing).toEqual(['若持续发生，14:20 再次提醒'])
  })

  test('short says only code, times and ids', () => {
    const message = createRenderer({ ...plainChannel, format: 'short', include: ['userId'] })(
      aNotification([item]),
    )
    const labels = message.cards[0]!.facts.map((fact) => fact.label)
    expect(labels).toEqual(['Code', 'First seen', 'Last seen', 'requestId', 'traceId'])
  })

  test('fills the summary of its rule, which may count for itself', () => {
    const notified = {
      ...item,
      alert: { ...item.alert, summary: 'Job {job} failed {count}× in {labels.region}' },
    }
    const [card] = render(aNotification([notified])).cards
    expect(card!.title).toBe('[CRITICAL] Job nightly failed 74× in eu (still firing)')
    expect(card!.text).toBe('charge failed: gateway did not answer')
  })

  test('a summary may say how many times, with the right plural', () => {
    const title = (count: number, locale: 'en' | 'zh-CN') =>
      createRenderer({ ...plainChannel, locale })(
        aNotification([anItem({ count, summary: 'Job failed {times}' })]),
      ).cards[0]!.title
    expect(title(1, 'en')).toBe('[CRITICAL] Job failed once')
    expect(title(1204, 'en')).toBe('[CRITICAL] Job failed 1,204 times')
    expect(title(6, 'zh-CN')).toBe('[严重] Job failed 6 次')
  })

  test('a summary cannot fetch a secret', () => {
    const notified = { ...item, alert: { ...item.alert, summary: 'with {password}' } }
    expect(render(aNotification([notified])).cards[0]!.title).toBe('[CRITICAL] with *** ×74 (still firing)')
  })

  test('the error speaks where the message says nothing, and its deepest cause with it', () => {
    const err = { message: 'query failed', causes: ['pool closed', 'connect ECONNREFUSED 10.0.0.1:5432'] }
    const [card] = render(aNotification([anItem({ latest: aRecord({ msg: 'request errored', err }) })])).cards
    expect(card!.title).toBe('[CRITICAL] query failed: connect ECONNREFUSED 10.0.0.1:5432')
    expect(card!.text).toBe('')
  })

  test('a stack that a logger glued to the message is left out', () => {
    const msg = 'boom\n    at charge (/srv/app/pay.js:1:1)\n    at run (/srv/app/run.js:1:1)'
    expect(toText(render(aNotification([anItem({ latest: aRecord({ msg }) })])))).not.toContain('run.js')
  })

  test('once it is over it shows the record that began it, what ended it and how long it lasted', () => {
    const over = anItem(
      {
        state: 'resolved',
        count: 5,
        lastSeen: noon + 12 * minute,
        endedBy: 'record',
        endedAt: noon + 31 * minute,
        endRecord: aRecord({ time: noon + 30 * minute, msg: 'gateway ok, token=abcdefgh1234' }),
        first: aRecord({ msg: 'gateway down' }),
        latest: aRecord({ msg: 'gateway is back' }),
      },
      { notifiedAt: noon, added: 0 },
    )
    const message = render(aNotification([over]))
    expect(message.cards[0]!.title).toBe('[RESOLVED] gateway down ×5')
    expect(message.cards[0]!.lead).toBe(
      'Resolved at 14:35:09 by a record: “gateway ok, token=***”. Lasted 30 min, 5 times.',
    )
    expect(message.cards[0]!.text).toBe('')
    expect(facts(message)).toEqual(['First seen: 2026-11-23 14:05:09 UTC+8', 'Last seen: 14:17:09'])
  })

  test('an alert that fired and was resolved before it could be notified says so', () => {
    const message = render(aNotification([anItem({ state: 'resolved', count: 5 }, { added: 5 })]))
    expect(message.subject).toBe('[RESOLVED] payments prod: card gateway timeout ×5')
    expect(message.cards[0]!.lead).toBe(
      'Fired and resolved before it could be notified: 14:05:09 to 14:05:09, 5 times.',
    )
  })

  test.each([
    ['record', '14:35:09'],
    ['quiet', '14:17:09'],
  ] as const)('what ended unsent by a %s was over at %s', (endedBy, to) => {
    const ended = { state: 'resolved', endedBy, endedAt: noon + 30 * minute } as const
    const item = anItem({ ...ended, lastSeen: noon + 12 * minute, count: 5 }, { added: 5 })
    expect(render(aNotification([item])).cards[0]!.lead).toBe(
      `Fired and resolved before it could be notified: 14:05:09 to ${to}, 5 times.`,
    )
  })

  test.each([
    ['en', ' (unacknowledged 2 min)', 'Nobody acknowledged it for 2 min, so this channel is notified.'],
    ['zh-CN', '（2 分钟无人认领）', '已 2 分钟无人认领，升级通知到本通道'],
  ] as const)(
    'a channel with `after` says why it is notified, also of one record: %s',
    (locale, end, lead) => {
      const item = anItem({ count: 1 }, { unacknowledgedMs: 2 * minute })
      const message = createRenderer({ ...plainChannel, locale })(aNotification([item]))
      expect(message.subject.endsWith(end)).toBe(true)
      expect(message.cards[0]!.lead).toBe(lead)
    },
  )

  test.each([
    [30, 'en', 'fired 30 times in 24 h, last from 14:05:09 to 14:15:09. '],
    [100, 'en', 'fired at least 100 times in 24 h, last from 14:05:09 to 14:15:09. '],
    [30, 'zh-CN', '24 小时内第 30 次触发，最近一次 14:05:09 至 14:15:09'],
    [100, 'zh-CN', '24 小时内至少触发 100 次，最近一次 14:05:09 至 14:15:09'],
  ] as const)(
    'an alert that flaps says so also where it ended unsent, and how late that is: %i, %s',
    (startsInDay, locale, said) => {
      const ended = { state: 'resolved', endedBy: 'record', endedAt: noon + 10 * minute } as const
      const item = anItem(
        { ...ended, startsInDay, count: 1 },
        { reason: 'regression', notifiedAt: noon - minute },
      )
      const renderer = createRenderer({ ...plainChannel, locale })
      const late = renderer(aNotification([item]), { now: noon + 320 * minute })
      expect(late.subject).toMatch(locale === 'en' ? / \(flapping\)$/ : /（反复发生）$/)
      expect(late.cards[0]!.lead).toContain(said)
      expect(late.cards[0]!.lead).toContain(
        locale === 'en'
          ? 'so this message comes 5 h 10 min after it resolved.'
          : '本条在恢复 5 小时 10 分后发出',
      )
      const early = renderer(aNotification([item]), { now: noon + 10 * minute })
      expect(early.cards[0]!.lead).not.toMatch(/after it resolved|后发出/)
    },
  )

  test('its key does not say of a failed request what its options hide', () => {
    const failed = aRecord({
      msg: 'request errored',
      fields: { req: { method: 'POST', url: '/customers/jane-doe/pay' }, res: { statusCode: 502 } },
    })
    const key = recordKey(failed, undefined)
    expect(key).toContain('jane-doe')
    const hiding = createRenderer({ ...plainChannel, redact: { paths: ['req.url'] } })
    const { data } = hiding(aNotification([anItem({ key, latest: failed })])).cards[0]!
    expect(data['key']).toMatch(/^POST \*\*\* /)
  })

  test('its data is plain JSON for machines', () => {
    const { data } = render(aNotification([item])).cards[0]!
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    expect(data).toMatchObject({
      id: '00000000000000a1',
      rule: 'error',
      state: 'firing',
      severity: 'critical',
      reason: 'repeat',
      headline: 'charge failed',
      latestMessage: 'charge failed',
      error: { type: 'TypeError', message: 'gateway did not answer', code: 'ETIMEDOUT' },
      labels: { region: 'eu' },
      count: 74,
      newCount: 37,
      firstSeen: '2026-11-23T06:05:09.000Z',
      requestId: 'req-7',
    })
  })
})

describe('the log lines before an alert', () => {
  const context = ['order 7 accepted', 'card gateway timeout'].map((text) => ({
    time: noon,
    level: 'info',
    text,
  }))
  const linesOf = (over: object, about: object = {}) =>
    render(aNotification([anItem({ context, ...over }, about)])).cards[0]!.context

  test('are not its own records, which its headline says', () => {
    expect(linesOf({})).toEqual(['14:05:09.000 INFO order 7 accepted'])
  })

  test('are not those of its former life, as the record that ended it', () => {
    const later = { time: noon + 60_000, level: 'info', text: 'order 8 accepted' }
    const recurred = { context: [...context, later], formerEndedAt: noon + 1000 }
    expect(linesOf(recurred, { reason: 'regression' })).toEqual(['14:06:09.000 INFO order 8 accepted'])
  })

  test('are neither below an alert of our own nor below a reminder', () => {
    expect(linesOf({ rule: '@delivery' })).toEqual([])
    expect(linesOf({}, { reason: 'repeat', notifiedAt: noon })).toEqual([])
  })
})

describe('an alert whose records differ', () => {
  const latest = aRecord({ msg: 'charge 19 failed', err: { message: 'gateway timeout' } })
  const first = aRecord({ msg: 'charge 1 failed', err: { message: 'gateway timeout' } })
  const differing = (over: object = {}, about: object = {}) =>
    aNotification([
      anItem({ first, latest, count: 322, varied: { message: 'charge … failed' }, ...over }, about),
    ])

  test('has what they share as its headline, and the latest as an example', () => {
    const { subject, cards } = render(differing({ lastSeen: noon + 130_000 }))
    expect(subject).toBe('[CRITICAL] payments prod: charge … failed ×322')
    expect(cards[0]!.lead).toBe('322 times in 2 min 10 s.')
    expect(cards[0]!.text).toBe('gateway timeout\nLatest: charge 19 failed')
    const chinese = createRenderer({ ...plainChannel, locale: 'zh-CN' })(differing())
    expect(chinese.cards[0]!.text).toBe('gateway timeout\n最近一条：charge 19 failed')
  })

  test('keeps its headline in reminders and once it is over', () => {
    const again = aRecord({ msg: 'charge 77 failed' })
    const subjects = [
      render(differing({ latest: again }, { reason: 'repeat', notifiedAt: noon })),
      render(differing({ state: 'resolved', latest: again }, { notifiedAt: noon })),
    ].map(({ subject }) => subject)
    expect(subjects).toEqual([
      '[CRITICAL] payments prod: charge … failed ×322 (still firing)',
      '[RESOLVED] payments prod: charge … failed ×322',
    ])
  })

  test('is named by its code, its type of error or its rule where too little is left', () => {
    const plain = aRecord({ msg: 'db7 broke' })
    const title = (over: object) =>
      render(differing({ first: plain, latest: plain, varied: { message: '… broke' }, ...over })).subject
    expect(title({ code: 'GW_TIMEOUT' })).toBe('[CRITICAL] payments prod: GW_TIMEOUT: … ×322')
    const typed = aRecord({ msg: 'x', err: { type: 'TypeError', message: '' } })
    expect(title({ latest: typed })).toBe('[CRITICAL] payments prod: TypeError: … ×322')
    expect(title({ rule: 'payments' })).toBe('[CRITICAL] payments prod: payments ×322')
  })

  test('has the error as its headline where the log message says nothing', () => {
    const errored = (user: number) =>
      aRecord({ msg: 'request errored', err: { message: `user ${user} not found` } })
    const { subject, cards } = render(
      differing({ first: errored(1), latest: errored(2), varied: { error: 'user … not found' } }),
    )
    expect(subject).toBe('[CRITICAL] payments prod: user … not found ×322')
    expect(cards[0]!.text).toBe('Latest: user 2 not found')
  })

  test('shows no secret of what they share, and the summary of its rule instead', () => {
    const said = render(differing({ varied: { message: 'login … with password=hunter22' } }))
    expect(JSON.stringify(said)).not.toContain('hunter22')
    const { subject } = render(differing({ summary: 'Charges fail' }))
    expect(subject).toBe('[CRITICAL] payments prod: Charges fail ×322')
  })
})

describe('links', () => {
  const withIds = (over: object) => aNotification([anItem({ latest: aRecord(over) })])

  test('there is none where the record lacks the id, or the id had to be hidden', () => {
    const linking = createRenderer({ ...plainChannel, traceUrl: 'https://t/{traceId}' })
    expect(linking(withIds({ requestId: 'r' })).link).toBeUndefined()
    expect(linking(withIds({ traceId: 'password=abcdef' })).link).toBeUndefined()
  })

  test('an id cannot leave the path of the link', () => {
    const linking = createRenderer({ ...plainChannel, traceUrl: 'https://t/{traceId}' })
    expect(linking(withIds({ traceId: '../x?y=1#z\ud800' })).link?.url).toBe(undefined)
    expect(linking(withIds({ traceId: '../x?y=1#z' })).link?.url).toBe('https://t/..%2Fx%3Fy%3D1%23z')
  })

  test('a template by requestId links the request', () => {
    const linking = createRenderer({ ...plainChannel, traceUrl: 'https://logs/?q={requestId}' })
    const message = linking(withIds({ requestId: 'r 1' }))
    expect(message.cards[0]!.facts.find((fact) => fact.label === 'requestId')?.url).toBe(
      'https://logs/?q=r%201',
    )
  })

  test('a runbook is a link as long as it is, and none where it would be cut', () => {
    const runbook = `https://wiki.example.com/${'p'.repeat(1_900)}`
    const [card] = render(aNotification([anItem({ runbook })])).cards
    expect(card).toMatchObject({ runbook, data: { runbook } })
    const [other] = render(aNotification([anItem({ runbook: `${runbook}${'p'.repeat(200)}` })])).cards
    expect(other).not.toHaveProperty('runbook')
  })

  test('a runbook is worth a button only when a browser may open it', () => {
    const link = (runbook: string) => render(aNotification([anItem({ runbook })])).link?.url
    expect(link('https://wiki/pay')).toBe('https://wiki/pay')
    expect(link('javascript:alert(1)')).toBeUndefined()
    expect(link('see the wiki')).toBeUndefined()
  })
})

describe('several alerts', () => {
  test('the first ten are shown in full, twenty in a line each, the rest by number', () => {
    const message = render(aNotification(kinds(100)))
    expect(message.cards).toHaveLength(10)
    expect(message.brief).toHaveLength(20)
    expect(message.more).toBe(70)
    expect(message.brief[0]).toBe('[CRITICAL] problem of kind 10 ×990')
    expect(message.closing[0]).toBe('and 70 more')
  })

  test.each([0, 1, 3, 10, 11, 30, 31, 1000])('with max %i nothing is lost', (max) => {
    for (const count of [1, 2, 30, 31, 37]) {
      for (const reason of ['first', 'storm'] as const) {
        const message = createRenderer({ ...plainChannel, max })(aNotification(kinds(count), { reason }))
        expect(message.cards.length + message.brief.length + message.more).toBe(count)
        expect(message.closing.some((line) => line.includes('more'))).toBe(message.more > 0)
      }
    }
  })

  test.each([
    ['en', 'The worst and the 9 most frequent:'],
    ['zh-CN', '最严重的 1 个和次数最多的 9 个：'],
  ] as const)('a storm shows its worst alert first, however rare it is: %s', (locale, said) => {
    const gone = aRecord({ msg: 'DATABASE IS GONE' })
    const worst = anItem({ id: 'f'.repeat(16), severity: 'critical', first: gone, latest: gone })
    const items = [...kinds(30, { severity: 'error' }), worst]
    const notification = aNotification(items, { reason: 'storm' })
    const message = createRenderer({ ...plainChannel, locale, listsOthers: true })(notification)
    expect(message.brief).toHaveLength(10)
    expect(message.brief[0]).toContain('DATABASE IS GONE')
    expect(message.brief[1]).toContain('problem of kind 0')
    expect(message.lead).toContain(said)
  })

  test('a storm shows its number of kinds and the ten most frequent', () => {
    const items = kinds(37).map((item, index) => ({
      ...item,
      reason: 'storm' as const,
      alert: { ...item.alert, firstSeen: noon + index * 100, lastSeen: noon + 30_000 },
    }))
    const message = render(aNotification(items, { reason: 'storm' }))
    expect(message.subject).toBe('[CRITICAL] payments prod: 37 kinds of errors in 30 s')
    expect(message.cards).toEqual([])
    expect(message.brief).toHaveLength(10)
    expect(message.lead).toBe('Alert storm: 37 new alerts, 36,334 records in 30 s. The 10 most frequent:')
    expect(message.brief[0]).toBe('1,000× problem of kind 0')
    expect(message.closing[0]).toBe('and 27 more kinds')
    expect(message.more).toBe(27)
    expect(message.reason).toBe('storm')
  })

  test('what falls due together with a storm keeps its card', () => {
    const items = [...kinds(30), anItem({ id: 'x', count: 1 }, { reason: 'escalated', notifiedAt: noon })]
    const message = render(aNotification(items, { reason: 'storm' }))
    expect(message.subject).toContain('30 kinds of errors')
    expect(message.cards.map((card) => card.id)).toEqual(['x'])
    expect(message.more).toBe(20)
  })

  describe('are answered', () => {
    const answering = {
      shortIdOf: (id: string) => id.slice(-6),
      hasCommand: true,
      addressOf: (id: string | undefined) => `https://a/${id === undefined ? '' : `a/${id}`}?t=1`,
    }
    const ended = anItem({ id: 'e'.repeat(16), state: 'resolved' })
    const paged = createRenderer({ ...plainChannel, answering, listsOthers: true })
    const [first, second] = kinds(2)

    test.each([
      ['first', [first!, second!]],
      ['first', [ended, first!, second!]],
      ['storm', kinds(30)],
    ] as const)('by links for the first that fires, and to the page of all: %s', (reason, items) => {
      const { answer, links, link } = paged(aNotification(items, { reason }))
      expect(answer?.text).toBe('ID 000000')
      expect(answer?.links.map(({ rel, url }) => `${rel} ${url}`)).toEqual([
        'ack https://a/a/0000000000000000?t=1&do=ack',
        'silence https://a/a/0000000000000000?t=1&do=silence&for=1h',
        'details https://a/?t=1',
      ])
      expect(links).toEqual(answer?.links)
      expect(link).toEqual({ label: 'Details', url: 'https://a/?t=1' })
    })

    test('only by the page of all if none fires', () => {
      const { answer, links } = paged(
        aNotification([ended, { ...ended, alert: { ...ended.alert, id: 'd' } }]),
      )
      expect(answer).toEqual({
        text: '',
        links: [{ rel: 'details', label: 'Details', url: 'https://a/?t=1' }],
      })
      expect(links).toEqual(answer?.links)
    })

    test('by the command if there is no page', () => {
      const { addressOf: _, ...shell } = answering
      const ofShell = createRenderer({ ...plainChannel, answering: shell })
      const { answer } = ofShell(aNotification([ended, first!]))
      expect(answer).toEqual({ text: 'ID 000000 · npx alert-transport silence 000000 1h', links: [] })
      expect(ofShell(aNotification([ended, { ...ended }])).answer).toBeUndefined()
    })

    test('in systems that keep incidents, each has the links of its own', () => {
      const pieces = splitAlerts(paged(aNotification([first!, second!, ended])))
      expect(pieces.map(({ message }) => message.answer?.links.at(-1)?.url)).toEqual([
        'https://a/a/0000000000000000?t=1',
        'https://a/a/0000000000000001?t=1',
        `https://a/a/${'e'.repeat(16)}?t=1`,
      ])
      const rest = splitAlerts(paged(aNotification(kinds(12)))).at(-1)?.message.answer
      expect(rest?.text).toBe('')
      expect(rest?.links.map(({ rel }) => rel)).toEqual(['details'])
    })
  })

  test('mixed with ends, the message still counts as firing', () => {
    const items = [anItem({ id: 'a', state: 'resolved' }), anItem({ id: 'b', severity: 'warning' })]
    const message = createRenderer({ ...plainChannel, mentions: { warning: ['@kim'], critical: ['@all'] } })(
      aNotification(items, { reason: 'resolved' }),
    )
    expect(message.reason).toBe('first')
    expect(message.mentions).toEqual(['@kim'])
  })
})

describe('around the cards', () => {
  test('the people of the severity are called, but not for an end', () => {
    const calling = createRenderer({
      ...plainChannel,
      mentions: { critical: ['U1', 'U2'] },
      to: ['a@example.org'],
    })
    expect(calling(aNotification()).mentions).toEqual(['U1', 'U2'])
    expect(calling(aNotification()).to).toEqual(['a@example.org'])
    expect(calling(aNotification([anItem({ severity: 'error' })])).mentions).toEqual([])
    expect(calling(aNotification([anItem({ state: 'resolved' })])).mentions).toEqual([])
  })

  test('no reminder is promised where none will come', () => {
    expect(render(aNotification()).closing).toEqual([])
  })

  test('the earliest reminder is named, with its day when that is another', () => {
    const items = [
      anItem({ id: 'a' }, { nextAt: noon + 20 * 60 * minute }),
      anItem({ id: 'b' }, { nextAt: noon + 21 * 60 * minute }),
    ]
    expect(render(aNotification(items)).closing).toEqual(['If it continues, next reminder at 11-24 10:05.'])
  })

  test('a message that is sent late says by how much, and why', () => {
    const late = render(aNotification(), { now: noon + 10 * minute })
    expect(late.closing).toEqual([
      'Delayed: due at 14:05:09, sent 10 min later because the channel was not reachable.',
    ])
    expect(render(aNotification(), { now: noon + 1000 }).closing).toEqual([])
    expect(render(aNotification([anItem()], { late: true }), { now: noon + 1000 }).closing).toHaveLength(1)
  })
})

describe('templates of the user', () => {
  const templates = {
    subject: '{severity} {service}/{env} {code} {title} {count}',
    body: '{message} at {since}\nuser {userId} key {apiKey} of {labels.team}{nothing}',
  }
  const latest = aRecord({ fields: { userId: 7, apiKey: 'k-123456789', code: 'from the record' } })

  test('replace subject and body', () => {
    const own = createRenderer({ ...plainChannel, format: templates })
    const message = own(
      aNotification([anItem({ latest, labels: { service: 'payments', team: 'core' }, count: 2 })]),
    )
    expect(message.subject).toBe('critical payments/ from the record card gateway timeout 2')
    expect(message.body).toBe('card gateway timeout at 2026-11-23 14:05:09 UTC+8\nuser 7 key *** of core')
    expect(message.cards).toHaveLength(1)
  })

  test('the body has every alert: in full, then in lines, then by number', () => {
    const own = createRenderer({ ...plainChannel, max: 2, format: { body: '* {title}' } })
    const message = own(aNotification(kinds(40)))
    expect(message.body!.split('\n').filter(Boolean)).toHaveLength(22)
    expect(message.closing[0]).toBe('and 18 more')
    expect(message.subject).toBe('[CRITICAL] payments prod: 40 new alerts, worst: problem of kind 0')
  })

  test('a subject that comes out empty gives way to the built-in one', () => {
    const own = createRenderer({ ...plainChannel, format: { subject: '{nothing}' } })
    expect(own(aNotification()).subject).toBe('[CRITICAL] payments prod: card gateway timeout')
  })
})

describe('alerts that fell back from another channel', () => {
  const fallbackFrom = { channel: 'sms <@all>', reason: 'quota' } as const

  test.each([
    [
      'en',
      'Sent here because channel sms <@all> reached its limit.',
      '1 of these sent here because channel sms <@all> reached its limit.',
    ],
    [
      'zh-CN',
      '通道 sms <@all> 已达限额，改由本通道发送',
      '通道 sms <@all> 已达限额，其中 1 个改由本通道发送',
    ],
  ] as const)('say so at the end, in %s, and how many of them where not all are', (locale, all, some) => {
    const render = createRenderer({ ...plainChannel, locale })
    const [one, other] = kinds(2)
    const moved = [one!, other!].map((item) => ({ ...item, fallbackFrom }))
    expect(render(aNotification(moved)).closing).toEqual([all])
    expect(render(aNotification([moved[0]!, other!])).closing).toEqual([some])
  })

  test('do not name the other channel once this channel is to be notified of them by itself as well', () => {
    const older = aNotification([anItem({}, { fallbackFrom })])
    expect(merge(older, aNotification([anItem()])).items[0]).not.toHaveProperty('fallbackFrom')
    expect(merge(older, older).items[0]?.fallbackFrom).toEqual(fallbackFrom)
  })
})

test('a record that was cut says so, and how large it was', () => {
  const cut = (cutFrom: number) => render(aNotification([anItem({ latest: aRecord({ cutFrom }) })]))
  expect(facts(cut(5_000_000))).toContain('Record: cut, as it has 5,000,000 characters')
  expect(facts(cut(0))).toContain('Record: cut, as it is too large')
  expect(facts(render(aNotification([anItem()]))).join()).not.toContain('Record:')
})
