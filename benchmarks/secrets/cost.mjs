/**
 * What redaction costs: of the message of an alert, and of its entry in the journal. `node cost.mjs
 * <packages>` compares with another checkout's folder of packages, in turn, round by round; the goal is 1.3
 * times of it.
 */
import { importSource } from '../lib/source.mjs'

const goal = 1.3
const rounds = 41
const turns = 300

const stack = `Error: connect ECONNREFUSED 10.0.0.7:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at Object.query (/app/node_modules/.pnpm/pg@8.11.3/node_modules/pg/lib/client.js:526:17)
    at async OrderService.charge (/app/src/services/orders/order-service.ts:112:17)
    at async preHandler (/app/node_modules/fastify/lib/hooks.js:188:7)`
const record = {
  time: 1_767_614_400_000,
  level: 50,
  levelLabel: 'error',
  msg: 'payment of order 8713 failed: card gateway timeout after 3000 ms',
  err: { type: 'Error', message: 'connect ECONNREFUSED 10.0.0.7:5432', code: 'ECONNREFUSED', stack },
  requestId: 'req-8713',
  fields: {
    req: {
      method: 'POST',
      url: '/api/v1/orders/8713/pay?lang=de&page=2',
      headers: {
        host: 'shop.example.com',
        'user-agent': 'Mozilla/5.0',
        cookie: 'sid=abc; b=c',
        accept: '*/*',
      },
    },
    res: { statusCode: 500 },
    responseTime: 112,
    orderId: 'ord_8713',
    tenant: 'acme',
  },
}
const alert = {
  id: '00000000000000a1',
  rule: 'error',
  key: 'ECONNREFUSED · order-service.charge · payment of order <*> failed',
  state: 'firing',
  severity: 'critical',
  labels: { service: 'payments', env: 'prod' },
  count: 37,
  firstSeen: record.time,
  lastSeen: record.time,
  channelStates: {},
}

/** The two works of one version. */
async function worksOf(folder) {
  const { createRedactor } = await importSource('alert-core/src/redact/redact.ts', folder)
  const { createRedactState } = await importSource('alert-core/src/state/redact-state.ts', folder)
  const { text, key, value } = createRedactor({})
  const state = createRedactState({ paths: [], patterns: [] })
  return {
    message: () => {
      text(record.msg)
      text(record.err.message)
      text('order-service.ts charge')
      text('payments')
      text(record.requestId)
      key(alert.key)
      value(record.fields)
    },
    // A record that is known is not redacted again.
    'journal entry': () => {
      const fresh = { ...record }
      return state.alert({ ...alert, first: fresh, latest: fresh })
    },
  }
}

const nsOf = (work) => {
  const from = process.hrtime.bigint()
  for (let turn = 0; turn < turns; turn++) work()
  return Number(process.hrtime.bigint() - from) / turns
}
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]

const now = await worksOf()
const before = process.argv[2] === undefined ? undefined : await worksOf(`${process.argv[2]}/`)
for (const [name, work] of Object.entries(now)) {
  const own = []
  const ratios = []
  for (let round = 0; round < rounds; round++) {
    const beforeNs = before === undefined ? 0 : nsOf(before[name])
    own.push(nsOf(work))
    if (before !== undefined) ratios.push(own.at(-1) / beforeNs)
  }
  const cost = `${name.padEnd(14)}${(median(own) / 1000).toFixed(1).padStart(7)} µs`
  const ratio = median(ratios)
  console.log(before === undefined ? cost : `${cost}  ${ratio.toFixed(2)} × of before, goal ${goal}`)
  if (before !== undefined && ratio > goal) process.exitCode = 1
}

const { text } = (await importSource('alert-core/src/redact/redact.ts')).createRedactor({})
for (const part of [
  'a',
  'ghp_',
  'eyJ',
  'session=',
  'password="',
  '%3D',
  '<key>',
  'AUTH ',
  '://a:',
  'mysql -p',
])
  for (const size of [100_000, 1_000_000]) {
    const hostile = part.repeat(size / part.length)
    const from = performance.now()
    text(hostile)
    console.log(`${size} characters of ${JSON.stringify(part)}: ${(performance.now() - from).toFixed(0)} ms`)
  }
