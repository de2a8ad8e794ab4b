/**
 * What must hold for every message of a life, whatever happened to providers, options and processes.
 */
import { type Attempt, type Life, start } from './outcome-traces.ts'

const second = 1000
const minute = 60 * second

export function problemsOf(life: Life): readonly string[] {
  return [
    ...endsWithoutStart(life),
    ...neverEnded(life),
    ...mixedRecords(life),
    ...mixedTitles(life),
    ...lateCriticals(life),
    ...lostRecords(life),
  ]
}

const accepted = ({ attempts }: Life) => attempts.filter(({ acceptedAt }) => acceptedAt !== undefined)

/** 8: no end on a channel whose provider accepted no start, and none after the end. */
function endsWithoutStart(life: Life): string[] {
  const problems: string[] = []
  const open = new Set<string>()
  const inOrder = accepted(life).sort((a, b) => a.acceptedAt! - b.acceptedAt!)
  for (const { channel, message, at } of inOrder) {
    for (const { id, reason } of message.cards) {
      const name = `${channel} ${id}`
      if (reason !== 'resolved') open.add(name)
      else if (!open.has(name)) problems.push(`at ${at} an end without a start on ${channel}`)
      // What was accepted without our knowledge, or before a kill, may be sent again.
      else if (!life.hadLosses && !life.wasKilled) open.delete(name)
    }
  }
  return problems
}

/**
 * What a provider accepted as a start gets its end, unless that failed for good, or the alert still fires. On
 * `chat` only what is critical has one, and a start that says that it is over has none.
 */
function neverEnded(life: Life): string[] {
  const open = new Map<string, { readonly at: number; readonly channel: string; readonly id: string }>()
  const inOrder = accepted(life).sort((a, b) => a.acceptedAt! - b.acceptedAt!)
  for (const { channel, message, acceptedAt } of inOrder) {
    for (const { id, reason, severity, data } of message.cards) {
      const name = `${channel} ${id}`
      const hasNoEnd = channel === 'chat' && (severity !== 'critical' || data['state'] === 'resolved')
      if (reason === 'resolved' || hasNoEnd) open.delete(name)
      else if (!String(data['rule']).startsWith('@')) open.set(name, { at: acceptedAt!, channel, id })
    }
  }
  return [...open.values()].flatMap(({ at, channel, id }) => {
    const isExplained =
      life.firing.includes(id) ||
      life.events.some((event) => event.type === 'failed' && isAbout(event, channel, id, start + at)) ||
      life.events.some((event) => event.type === 'error' && isReported(event, channel, id))
    return isExplained ? [] : [`${id} was sent to ${channel} at ${at} and never ended there`]
  })
}

function isAbout(
  { channel, about, at }: Extract<Life['events'][number], { type: 'failed' }>,
  where: string,
  id: string,
  since: number,
): boolean {
  return channel === where && at >= since && about.some(({ alert }) => alert === id)
}

/** The channel was removed while its provider did not take the end. */
function isReported(
  { code, message }: Extract<Life['events'][number], { type: 'error' }>,
  channel: string,
  id: string,
): boolean {
  const isUnsent = code === 'ALERT_ENDS_UNSENT' && message.startsWith(`Channel ${channel} `)
  return isUnsent && message.includes(id.slice(0, 6))
}

/** 9: severity and text are those of one record that the channel takes. */
function mixedRecords({ attempts, records }: Life): string[] {
  return attempts.flatMap(({ channel, message, at }) =>
    message.cards.flatMap(({ severity, data }) => {
      if (String(data['rule']).startsWith('@')) return []
      const record = records.get(String(data['latestMessage']))
      const where = `at ${at} on ${channel}`
      if (record?.severity !== severity) return [`${where} ${severity} with the text of ${record?.severity}`]
      const isTaken =
        channel === 'pager' || channel === 'phone'
          ? severity === 'critical'
          : channel !== 'pay' || (record.key < 2 && (severity === 'critical' || severity === 'error'))
      return isTaken ? [] : [`${where} ${severity} of key ${record.key}`]
    }),
  )
}

/** 9, as a person reads it: the tag of a title is the severity of the record that it names, or RESOLVED. */
function mixedTitles({ attempts, records }: Life): string[] {
  return attempts.flatMap(({ channel, message, at }) => {
    const news = message.cards.filter(({ reason }) => reason !== 'resolved')
    const titles = news.length > 0 ? [message.subject, ...news.map(({ title }) => title)] : []
    return titles.flatMap((title) => {
      const record = records.get(/record \d+ of \d+/.exec(title)?.[0] ?? '')
      const isMixed = record !== undefined && !title.startsWith(`[${record.severity.toUpperCase()}]`)
      return isMixed ? [`at ${at} on ${channel} a ${record.severity} as '${title}'`] : []
    })
  })
}

/** The longest of retries, hints and fallbacks after a provider was not well. */
const recoveryMs = 15 * minute

/** 10: a critical is sent within its `wait` (0) and `interval`, unless the provider asked for more. */
function lateCriticals({ records, attempts, disturbances, acknowledgedAt }: Life): string[] {
  const known = new Set<number>()
  const problems: string[] = []
  for (const [text, { at, key, severity }] of records) {
    if (severity !== 'critical' || known.has(key)) continue
    known.add(key)
    for (const [channel, latestMs] of [
      ['chat', 31 * second],
      ['pager', second],
    ] as const) {
      const isDisturbed = disturbances.some(
        (one) => (one.channel ?? channel) === channel && one.at >= at - recoveryMs && one.at <= at + latestMs,
      )
      const mood = disturbances.filter((one) => one.channel === channel && one.at <= at).at(-1)
      // Taken on before it is sent, it is not sent.
      const isTaken = acknowledgedAt.some((moment) => moment >= at && moment <= at + latestMs)
      if (isTaken || isDisturbed || (mood !== undefined && mood.isOver !== true)) continue
      const isSent = attempts.some(
        (one) => one.channel === channel && one.at >= at && one.at <= at + latestMs && names(one, text),
      )
      if (!isSent) problems.push(`critical ${text} of ${at} is not sent to ${channel} in time`)
    }
  }
  return problems
}

/** Whether the attempt names the record, or a later one that is as severe. */
function names({ message }: Attempt, text: string): boolean {
  const key = text.split(' of ')[1]
  return message.cards.some(
    ({ severity, data }) => severity === 'critical' && String(data['latestMessage']).endsWith(` of ${key}`),
  )
}

/** 5: what was logged is delivered, suppressed, failed or waits, on each channel. */
function lostRecords({ stats, wasKilled, removed }: Life): string[] {
  // What a former process counted, or a channel missed while it was not there, is not in the sum.
  if (wasKilled) return []
  return stats.flatMap(({ matched, counted, unmet, channels }, index) => [
    ...(matched === counted && unmet === 0 ? [] : [`${index}: of ${matched} matched ${counted} counted`]),
    ...Object.entries(channels).flatMap(([name, { records }]) => {
      if (removed.has(name)) return []
      const { delivered, failed, suppressed, waiting } = records
      const sum = delivered + failed + suppressed + waiting
      return sum === counted ? [] : [`${index}: ${name} ${JSON.stringify(records)} of ${counted}`]
    }),
  ])
}
