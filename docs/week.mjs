/**
 * Writes docs/week.md: a week of a web service, generated from a seed, and how many messages people get from
 * it. The week is made up: its figures show how the ways to notify differ, not what a service will see.
 */
import { page, tableOf } from './markdown.mjs'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const start = Date.UTC(2026, 10, 23)
const seed = 20_261_123

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomOf(from) {
  let state = from
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const failure = (type, code, message) => ({ err: { type, code, message } })

/** What goes wrong for a time: `until` and `from` are ms after the start, `everyMs` the mean distance. */
export const incidents = [
  {
    name: 'Outage of the card gateway',
    spans: [[day + 10 * hour, day + 10 * hour + 42 * minute]],
    kinds: [
      [
        'charge',
        2 * second,
        (n) => ({ msg: `charge ${n} failed`, ...failure('GatewayError', 'GW_TIMEOUT', 'gateway timeout') }),
      ],
      [
        'refund',
        9 * second,
        (n) => ({ msg: `refund ${n} failed`, ...failure('RefundError', 'GW_REFUND', 'no answer') }),
      ],
    ],
  },
  {
    name: 'Outage of the database',
    spans: [[4 * day + 3 * hour, 4 * day + 5 * hour + 10 * minute]],
    kinds: [
      [
        'pool',
        2 * second,
        () => ({
          msg: 'no connection left in the pool',
          ...failure('PoolError', 'POOL_EMPTY', 'pool is empty'),
        }),
      ],
      [
        'login',
        5 * second,
        (n) => ({
          msg: `login of user ${n} failed`,
          ...failure('DbError', 'ECONNREFUSED', 'connect refused'),
        }),
      ],
      [
        'cart',
        8 * second,
        (n) => ({ msg: `cart ${n} cannot be read`, ...failure('CartError', 'CART_READ', 'read failed') }),
      ],
    ],
  },
  {
    name: 'A cache that flaps',
    spans: Array.from({ length: 24 }, (_, n) => [
      2 * day + n * 20 * minute,
      2 * day + n * 20 * minute + 90 * second,
    ]),
    kinds: [
      [
        'cache',
        3 * second,
        () => ({ msg: 'cache does not answer', ...failure('CacheError', 'CACHE_DOWN', 'socket closed') }),
      ],
    ],
  },
  ...[1, 3, 6].map((at) => ({
    name: `Deploy on day ${at + 1}`,
    spans: [[at * day + 14 * hour, at * day + 14 * hour + 40 * second]],
    kinds: [
      [
        'deploy',
        800,
        (n) => ({ msg: `request ${n} cut off`, ...failure('ResetError', 'ECONNRESET', 'socket hang up') }),
      ],
    ],
  })),
]

/** Single errors of many kinds, spread over the week, and requests that were wrong. */
const strays = ['upload', 'invoice', 'webhook', 'thumbnail', 'export', 'coupon', 'address', 'receipt']

/** Every error record of the week: `{ at, kind, fields }`, in the order of time. */
export function recordsOfWeek() {
  const random = randomOf(seed)
  const records = []
  const apart = (meanMs) => Math.max(1, Math.round(-Math.log(1 - random()) * meanMs))
  function fill(kind, [from, until], everyMs, fieldsOf, extra = {}) {
    for (let at = start + from + apart(everyMs); at < start + until; at += apart(everyMs))
      records.push({ at, kind, fields: fieldsOf(1 + Math.floor(random() * 90_000)), ...extra })
  }
  for (const { name, spans, kinds } of incidents)
    for (const span of spans)
      for (const [kind, everyMs, fieldsOf] of kinds) fill(kind, span, everyMs, fieldsOf, { incident: name })
  for (const word of strays)
    fill(word, [0, 7 * day], 16 * hour, (n) => ({
      msg: `${word} ${n} failed`,
      ...failure(`${word}Error`, `E_${word.toUpperCase()}`, `${word} service answered 500`),
    }))
  const wrong = (n) => ({
    msg: `GET /items/${n}`,
    res: { statusCode: 404 },
    err: { type: 'NotFoundError', message: 'not found', status: 404 },
  })
  fill('404', [0, 7 * day], 4 * minute, wrong, { isNoise: true })
  return records.sort((a, b) => a.at - b.at)
}

/** Messages of a limiter that sends the first record of each kind, then none of it for five minutes. */
function limited(records) {
  const last = new Map()
  return records.filter(({ at, kind }) => {
    if (at - (last.get(kind) ?? Number.NEGATIVE_INFINITY) < 5 * minute) return false
    last.set(kind, at)
    return true
  })
}

/** What the product sends in that week, with its default timing, and which of it is false. */
export async function replayWeek({ createHub, createVirtualClock }, channel = {}, answerAt = []) {
  const records = recordsOfWeek()
  const clock = createVirtualClock(start)
  const messages = []
  const sender = () => ({
    async send(message) {
      messages.push({ at: clock.now(), message })
      return { status: 'delivered' }
    },
  })
  const channels = { team: { type: 'slack', url: 'https://hooks.slack.com/services/T/B/week', ...channel } }
  const hub = createHub({ service: 'shop', channels }, { clock, sender, warn: () => {}, env: {} })
  const answers = [...answerAt]
  for (const { at, fields } of records) {
    while (answers[0] <= at) {
      await clock.advanceTo(answers.shift())
      for (const { id } of hub.status().alerts) hub.acknowledge(id, { by: 'ann' })
    }
    if (!clock.skipTo(at)) await clock.advanceTo(at)
    hub.write(JSON.stringify({ level: 50, time: at, ...fields }))
  }
  await clock.advanceTo(start + 8 * day)
  const closed = hub.close()
  await clock.advance(10 * second)
  await closed
  return { records, messages, limited: limited(records), falseOnes: falseOnesOf(messages, records) }
}

const kindOfCode = (code, records) => records.find(({ fields }) => fields.err.code === code)?.kind

/** The kind that a line is about, by the words of its records; undefined if it is about none. */
function kindOfText(text, records) {
  const of = ({ fields: { msg, err } }) =>
    text.includes(err.message) ||
    text.includes(err.code ?? err.type) ||
    wordsOf(msg).every((word) => text.includes(word))
  return records.find(of)?.kind
}

const wordsOf = (msg) =>
  msg
    .split(/\S*\d\S*/u)
    .map((part) => part.trim())
    .filter(Boolean)

/**
 * The messages that say something false, of whatever sort. An alert is false if it is about requests that
 * were wrong, if it fires though no record came since the last message, or if it is over though a record of
 * that kind came in the last five minutes. A line without a card is read by its words.
 */
export function falseOnesOf(messages, records) {
  const cameIn = (kind, from, until) =>
    records.filter((one) => one.kind === kind && one.at >= from && one.at <= until).length
  const isReal = (kind) => kind !== undefined && kind !== '404'

  function isFalseAlert(kind, isOver, count, at) {
    if (!isReal(kind)) return true
    return isOver ? cameIn(kind, at - 5 * minute, at) > 0 : count === 0 || cameIn(kind, start, at) === 0
  }

  function isFalseLine(line, at) {
    return isFalseAlert(kindOfText(line, records), /^\[RESOLVED\]/u.test(line), 1, at)
  }

  function isFalseStorm({ kinds, records: count }, at) {
    const before = records.filter((one) => isReal(one.kind) && one.at <= at)
    return count > before.length || kinds > new Set(before.map(({ kind }) => kind)).size
  }

  function isFalseDigest({ from, to, records: count, alerts }) {
    const [since, until] = [Date.parse(from), Date.parse(to)]
    const all = records.filter((one) => isReal(one.kind) && one.at > since && one.at <= until)
    return (
      count !== all.length ||
      alerts.some(({ headline, state, count: ofAlert }) => {
        const kind = kindOfText(headline, records)
        if (ofAlert > cameIn(kind, since, until)) return true
        return isFalseAlert(kind, state === 'resolved', 1, until)
      })
    )
  }

  return messages.filter(({ at, message }) => {
    const { cards, brief, storm, digest, answered } = message
    if (digest !== undefined) return isFalseDigest(digest)
    if (storm !== undefined && isFalseStorm(storm, at)) return true
    const isFalseCard = ({ data }) => {
      const kind = kindOfCode(data.error?.code, records)
      if (answered !== undefined) return !isReal(kind) || data.newCount !== 0
      return isFalseAlert(kind, data.state === 'resolved', data.reason === 'resolved' ? 1 : data.newCount, at)
    }
    return cards.some(isFalseCard) || brief.some((line) => isFalseLine(line, at))
  })
}

const noise = 'Requests that were wrong (404)'

/** The incident, or the sort, that the records or messages belong to. */
function groupOf({ incident, isNoise }) {
  if (incident?.startsWith('Deploy')) return 'Three deploys'
  return incident ?? (isNoise ? noise : 'Single errors of eight kinds')
}

/** Rows of the table: messages by what went wrong, for each way to notify. */
export function rowsOf({ records, messages, limited: few }) {
  const groups = [...new Set(records.map(groupOf))]
  const ofKind = new Map(records.map((record) => [record.kind, groupOf(record)]))
  const ours = messages.map(({ message }) =>
    ofKind.get(kindOfCode(message.cards[0]?.data.error?.code, records)),
  )
  const count = (list, group) => list.filter((one) => one === group).length
  const row = (group) => [
    group,
    count(records.map(groupOf), group),
    count(few.map(groupOf), group),
    count(ours, group),
  ]
  const rows = groups.map(row)
  const sumOf = (some) => [1, 2, 3].map((column) => some.reduce((sum, cells) => sum + cells[column], 0))
  const real = rows.filter(([group]) => group !== noise)
  return [...rows, ['**All**', ...sumOf(rows)], ['**All but requests that were wrong**', ...sumOf(real)]]
}

/** The page about the result of `replayWeek`. */
export function weekPage(week) {
  const reasons = [...new Set(week.messages.map(({ message }) => message.reason))].sort()
  const number = (cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)
  return page('A week of a service', [
    `How many messages a team gets from one week of a web service: two outages, a cache that fails for
90 seconds every 20 minutes through eight hours, three deploys, single errors, and requests that were wrong
but are logged as errors. The week is generated from a seed and replayed with the default timing:
\`docs/week.mjs\`. It is made up: it shows how the ways to notify differ, not what your service will see.`,
    tableOf(
      ['what happened', 'one message per error record', 'one per kind per five minutes', 'this library'],
      rowsOf(week).map((row) => row.map(number)),
    ),
    `All columns are of the same records. The first way sends each error. The second way sends the first record
of each kind and then none of that kind for five minutes; it is given the kinds, and never mistakes one. The
third is the product itself. A message about several alerts counts where its first one belongs.`,
    `For single errors this library sends as many messages as the second way, and for a short failure such as a
deploy more: the first message comes after seconds, and a second one reports the whole count.`,
    '## By reason',
    tableOf(
      ['reason', 'messages'],
      reasons.map((reason) => [
        reason,
        String(week.messages.filter(({ message }) => message.reason === reason).length),
      ]),
    ),
    `False messages: ${week.falseOnes.length}. A message is false if it is about requests that were wrong, if
it says that something fires though no record came since the last message, or if it says that something is
resolved though a record of that kind came in the five minutes before. Each sort of message is read: alerts
with and without a card of their own, ends, storms, digests and notices of how somebody answered.`,
  ])
}
