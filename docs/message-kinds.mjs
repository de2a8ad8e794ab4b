/** The kinds of messages: what a service logs so that people are sent each of them. */
const minute = 60_000
export const start = Date.UTC(2026, 10, 30, 13, 5, 12)

const line = (fields) => JSON.stringify({ level: 50, pid: 41, hostname: 'web-1', ...fields })
const failed = (n) => ({
  msg: `charge ${n} failed`,
  reqId: `req-${n}`,
  userId: `u${n}`,
  err: { type: 'GatewayError', message: 'gateway timeout', code: 'GW_TIMEOUT' },
})

const words = 'lima kilo oscar papa quebec romeo sierra tango uniform victor whisky yankee'.split(' ')

/** Each kind: what the service logs, minute by minute; `options` are added to those of all kinds. */
export const kinds = [
  {
    name: 'First',
    about: 'An alert that happened once.',
    async run({ log }) {
      await log({
        level: 60,
        msg: "Cannot read properties of undefined (reading 'balance')",
        reqId: 'req-77a0',
      })
    },
  },
  {
    name: 'Burst',
    about: 'The first message of an alert that happened several times, its records different.',
    async run({ log }) {
      for (let n = 1; n <= 37; n++) await log(failed(n), 100)
    },
  },
  {
    name: 'Repeat',
    about: 'A reminder: it happened again since the last message.',
    last: true,
    async run({ log, wait }) {
      await log(failed(1))
      await wait(minute)
      for (let n = 2; n <= 9; n++) await log(failed(n), 1000)
      await wait(10 * minute)
    },
  },
  {
    name: 'Escalated',
    about: 'Its severity rose.',
    last: true,
    async run({ log, wait }) {
      await log({ level: 40, msg: 'disk full', alert: { key: 'disk', severity: 'warning' } })
      await wait(10 * minute)
      await log({ level: 60, msg: 'disk full', alert: { key: 'disk', severity: 'critical' } })
      await wait(minute)
    },
  },
  {
    name: 'Recurred',
    about: 'It fires again after it was resolved.',
    last: true,
    async run({ log, wait }) {
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      await wait(10 * minute)
      await log({ level: 30, msg: 'coupon redeemed', alert: { key: 'coupon', resolve: true } })
      await wait(40 * minute)
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      await wait(minute)
    },
  },
  {
    name: 'Resolved by a record',
    about: 'A record says that it is over.',
    last: true,
    async run({ log, wait }) {
      await log({ msg: 'sync erp failed', alert: { key: 'erp' } })
      await wait(12 * minute)
      await log({ level: 30, msg: 'sync erp ok', alert: { key: 'erp', resolve: true } })
      await wait(minute)
    },
  },
  {
    name: 'Resolved by quiet',
    about: 'It did not happen again for `resolveAfter`.',
    last: true,
    async run({ log, wait }) {
      for (let n = 0; n < 12; n++) await log({ msg: '421 too many connections' }, 2 * minute)
      await wait(40 * minute)
    },
  },
  {
    name: 'Absence',
    about: 'Records of a rule with `when: { absent }` do not come.',
    options: {
      rules: [
        { name: 'nightly-backup', match: { job: 'backup' }, when: { absent: '25h' }, severity: 'critical' },
      ],
    },
    async run({ log, wait }) {
      await log({ level: 30, msg: 'backup done', job: 'backup' })
      await wait(25 * 60 * minute + minute)
    },
  },
  {
    name: 'Spike',
    about: 'Many more records than usual, by a rule with `when: { spike }`.',
    options: {
      rules: [
        {
          name: 'logins',
          match: { event: 'login' },
          when: { spike: 4, within: '5m' },
          severity: 'warning',
          summary: 'failed logins',
        },
      ],
    },
    async run({ log, wait }) {
      for (let n = 0; n < 72; n++) await log({ level: 30, event: 'login', msg: 'login failed' }, minute / 2)
      for (let n = 0; n < 45; n++) await log({ level: 30, event: 'login', msg: 'login failed' }, 500)
      await wait(minute)
    },
  },
  {
    name: 'A row of failures',
    about: 'So many failures in a row, by a rule with `when: { consecutive }`.',
    options: {
      rules: [
        {
          name: 'probe',
          match: { probe: 'db', ok: false },
          when: { consecutive: 3, reset: { probe: 'db', ok: true } },
        },
      ],
    },
    async run({ log, wait }) {
      await log({ level: 30, probe: 'db', ok: true, msg: 'probe ok' }, minute)
      for (let n = 0; n < 3; n++)
        await log({ level: 30, probe: 'db', ok: false, msg: 'probe failed' }, 10_000)
      await wait(minute)
    },
  },
  {
    name: 'Uncaught exception',
    about: 'An error that was not caught ended the process.',
    async run({ log }) {
      await log({
        level: 60,
        msg: 'uncaughtException',
        crash: 'uncaughtException',
        err: { type: 'TypeError', message: "Cannot read properties of undefined (reading 'balance')" },
      })
    },
  },
  {
    name: 'Several processes',
    about: 'Several processes of a fleet met the same problem; one message says how many and which.',
    async run({ log, wait }) {
      for (const [hostname, times] of Object.entries({ 'web-1': 12, 'web-2': 9, 'web-3': 4, 'web-4': 1 }))
        for (let n = 1; n <= times; n++) await log({ ...failed(n), hostname }, 100)
      await wait(minute)
    },
  },
  {
    name: 'Acknowledged',
    about: `Somebody acknowledged it: a line in the thread of Slack by token, Zulip or Google Chat, and the state of the
incident in PagerDuty, Opsgenie and Jira Service Management. Other channels are sent nothing.`,
    families: ['thread', 'incident'],
    last: true,
    async run({ log, wait, hub }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'gateway' } })
      await wait(minute)
      hub.acknowledge(hub.status().alerts[0].id, { by: 'alice' })
      await wait(minute)
    },
  },
  {
    name: 'Silenced',
    about: 'Somebody silenced it: a line in the thread. Other channels are sent nothing.',
    families: ['thread'],
    last: true,
    async run({ log, wait, hub }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'gateway' } })
      await wait(minute)
      hub.silence({
        alert: hub.status().alerts[0].id,
        for: '1h',
        by: 'alice',
        comment: 'The bank is informed',
      })
      await wait(minute)
    },
  },
  {
    name: 'Silence ended',
    about: 'A silence ended, and it occurred again while it was silenced.',
    last: true,
    async run({ log, wait, hub }) {
      const alert = { key: 'gateway', severity: 'error' }
      await log({ msg: 'card gateway timeout', alert })
      await wait(minute)
      hub.silence({ alert: hub.status().alerts[0].id, for: '20m', by: 'alice' })
      for (let n = 0; n < 4; n++) await log({ msg: 'card gateway timeout', alert }, 5 * minute)
      await wait(minute)
      await log({ msg: 'card gateway timeout', alert })
      await wait(10 * minute)
    },
  },
  {
    name: 'Digest',
    about: 'One summary at a time of day, for channels with `digest`.',
    families: ['mail', 'chat', 'robot', 'push', 'console'],
    last: true,
    channel: { digest: { at: '09:00' } },
    options: {
      impact: ['userId'],
      rules: [{ name: 'ledger', match: { job: 'ledger' }, resolveAfter: false }],
    },
    async run({ log, wait, hub }) {
      await log({ msg: 'ledger is behind', job: 'ledger' })
      await wait(13 * 60 * minute)
      await log({ msg: 'ledger is behind', job: 'ledger' })
      for (let n = 0; n < 30; n++) await log(failed(n % 4))
      await log({ level: 60, msg: 'disk full', alert: { key: 'disk' } })
      await wait(5 * 60 * minute)
      await log({ msg: 'coupon cannot be redeemed', alert: { key: 'coupon' } })
      hub.silence({ match: { code: 'NOISE' }, for: '12h', by: 'alice' })
      for (let n = 0; n < 9; n++) await log({ msg: 'cache miss', alert: { code: 'NOISE' } })
      await wait(24 * 60 * minute)
    },
  },
  {
    name: 'Test',
    about: '`alert-transport send-test` tries a channel.',
    async run({ log }) {
      await log({ level: 30, msg: 'test', alert: { code: 'ALERT_TEST', severity: 'info' } })
    },
  },
  {
    name: 'Too many kinds',
    about: 'More alerts than `limits.alerts` fire: the rest is counted together.',
    last: true,
    options: { limits: { alerts: 5 } },
    only: { rule: '@too-many-kinds' },
    async run({ log, wait }) {
      for (const [index, word] of words.entries())
        await log({ msg: `${word} broke`, alert: { key: `kind ${index}` } }, 0)
      await wait(minute)
    },
  },
  {
    name: 'Several new alerts',
    about: 'Several alerts in one message.',
    async run({ log }) {
      await log({ msg: 'card gateway timeout', alert: { key: 'a' } }, 0)
      await log({ msg: 'disk is almost full', alert: { key: 'b' } }, 0)
      await log({ msg: 'mail queue grows', alert: { key: 'c' } }, 0)
    },
  },
  {
    name: 'Storm',
    about: 'Many kinds of errors at once.',
    async run({ log }) {
      for (let n = 0; n < 36; n++) {
        const msg = `${words[n % 12]} ${words[(n * 5 + 1) % 12]} broke at ${words[Math.floor(n / 3)]}`
        for (let k = 0; k <= 36 - n; k += 9) await log({ msg, alert: { key: `kind ${n}` } }, 0)
      }
    },
  },
  {
    name: 'Delivery failing',
    about: 'Another channel of the service does not deliver.',
    failing: true,
    async run({ log, wait }) {
      await log({ level: 60, msg: 'ledger corrupted', toFailing: true })
      await wait(minute)
    },
  },
  {
    name: 'Sent by a fallback',
    about: 'Another channel does not deliver, and this one is its `fallback`.',
    families: ['robot'],
    failing: true,
    fallback: 'robot',
    async run({ log, wait }) {
      await log({ level: 60, msg: 'ledger corrupted', toFailing: true })
      await wait(minute)
    },
  },
  {
    name: 'Delivery working again',
    about: 'It delivers again.',
    failing: true,
    last: true,
    async run({ log, wait, repair }) {
      await log({ level: 60, msg: 'ledger corrupted', toFailing: true })
      await wait(6 * minute)
      repair()
      await log({ level: 60, msg: 'ledger corrupted again', toFailing: true, alert: { key: 'again' } })
      await wait(6 * minute)
    },
  },
  {
    name: 'Quota reached',
    about: 'A channel has sent as many messages as its `limit` allows.',
    limited: true,
    async run({ log, wait }) {
      for (let n = 0; n < 3; n++)
        await log({ level: 60, msg: `disk ${n} failed`, toFailing: true, alert: { key: `disk ${n}` } })
      await wait(minute)
    },
  },
]

const backup = { type: 'email', host: '127.0.0.1', from: 'alerts@example.com', to: ['ops@example.com'] }

/**
 * Runs a kind in a hub under a virtual clock. `receive` gets what a channel is sent: its name, the message,
 * the context of the attempt, and the channel as planned. `process` names this process, or else the lines do.
 * @param {object} kind one of `kinds`
 * @param {{ locale: string, core: object, channels: Record<string, object>,
 *   process?: string,
 *   receive: (name: string, message: object, context: object, planned: object) => void | Promise<void> }} how
 */
export async function runKind(kind, { locale, core, channels: shown, process, receive }) {
  const { createHub, createVirtualClock, checkOptions } = core
  const clock = createVirtualClock(start)
  let isBroken = true
  const always = { minSeverity: 'info', wait: '5s', interval: 0, sendResolved: true, limit: [] }
  const match = kind.failing || kind.limited ? { rule: ['@delivery', '@quota'] } : kind.only
  const channels = Object.fromEntries(
    Object.entries(shown).map(([name, channel]) => [
      name,
      { ...always, ...channel, ...kind.channel, ...(match && { match }) },
    ]),
  )
  const ops = { type: 'slack', url: 'https://hooks.slack.com/services/T/B/ops', wait: 0, interval: 0 }
  const { fallback = 'backup' } = kind
  if (kind.failing) {
    channels.ops = { ...ops, match: { toFailing: true }, fallback }
    channels.backup = { ...backup, match: { rule: 'none' } }
  }
  if (kind.limited) channels.ops = { ...ops, match: { toFailing: true }, limit: [{ count: 1, per: '1h' }] }
  const options = {
    service: 'payments',
    env: 'prod',
    ...(process && { process }),
    locale,
    timeZone: 'Asia/Shanghai',
    context: {},
    trace: { url: 'https://trace.example.com/{traceId}' },
    control: { url: 'https://alerts.example.com', secret: 'no more than an example of a secret' },
    channels,
    ...kind.options,
  }
  const { plan, problems } = checkOptions(options, {})
  if (problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${path} ${message}`).join('\n'))
  const hub = createHub(options, { clock, sender: (name) => senderOf(name), warn: () => {}, env: {} })

  function senderOf(name) {
    const planned = plan.channels.find((channel) => channel.name === name)
    return {
      async send(message, context) {
        if (Object.hasOwn(shown, name)) await receive(name, message, context, planned)
        return name === 'ops' && isBroken && kind.failing
          ? { status: 'failed', why: 'Slack answered 403: invalid_token', httpStatus: 403 }
          : { status: 'delivered' }
      },
    }
  }

  await kind.run({
    async log(fields, ms = 1000) {
      hub.write(line({ time: clock.now(), ...fields }))
      if (ms > 0) await clock.advance(ms)
    },
    hub,
    wait: (ms) => clock.advance(ms),
    repair: () => {
      isBroken = false
    },
  })
  await clock.advance(10_000)
  const closed = hub.close()
  await clock.advance(10_000)
  await closed
}
