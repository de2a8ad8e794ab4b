/**
 * Hostile records through every adapter and its worker, beside the same records through the same logger
 * without it: nothing ends, every record is counted, no turn of the application's event loop takes 50 ms
 * because of us, and memory stays as it is. ALERT_HOSTILE sets their number; ALERT_SEED gives the same again.
 */
import { fileURLToPath } from 'node:url'
import { expect, it, type TestContext } from 'vitest'
import { openHook } from '../unit/winston/hook.ts'
import { inline, runNode } from '../unit/worker/program.ts'

const count = Number(process.env['ALERT_HOSTILE'] ?? 3_000)
const seed = Number(process.env['ALERT_SEED'] ?? Date.now() % 2 ** 31)
const recordsFile = fileURLToPath(new URL('./hostile-records.mjs', import.meta.url))
const liveMemory = fileURLToPath(new URL('./live-memory.cjs', import.meta.url))

/** Each sets `alerts`, `ours` and `bare`: how a record is logged with us, and without. */
const adapters = {
  target: `
    const { default: pino } = await import('pino')
    const { alertTransport } = await import('pino-alert-transport')
    alerts = alertTransport(options)
    const logger = pino({ transport: { targets: [{ ...alerts, options: alerts.options }] } })
    const alone = pino({ transport: { targets: [{ target: 'pino/file', options: { destination: '/dev/null' } }] } })
    ours = ({ fields, message }) => logger.error(fields, message)
    bare = ({ fields, message }) => alone.error(fields, message)`,
  alertStream: `
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    alerts = alertStream(options)
    const logger = pino({}, pino.multistream([{ stream: { write() {} } }, alerts]))
    const alone = pino({}, pino.multistream([{ stream: { write() {} } }]))
    ours = ({ fields, message }) => logger.error(fields, message)
    bare = ({ fields, message }) => alone.error(fields, message)`,
  winston: `
    const { default: winston } = await import('winston')
    const { Writable } = await import('node:stream')
    const { AlertTransport } = await import('winston-alert-transport')
    alerts = new AlertTransport(options)
    const nowhere = () => new winston.transports.Stream({ stream: new Writable({ write: (_chunk, _encoding, done) => done() }) })
    const logger = winston.createLogger({ transports: [nowhere(), alerts] })
    const alone = winston.createLogger({ transports: [nowhere()] })
    ours = ({ fields, message }) => logger.error(message, fields)
    bare = ({ fields, message }) => alone.error(message, fields)`,
} as const

const ways = [
  ['target', 'worker'],
  ['alertStream', 'worker'],
  ['winston', 'worker'],
  ['alertStream', 'process'],
] as const

/**
 * A turn is 10 records and what the event loop does before the next turn. One that is too long is tried
 * again, and without us: only what is too long each time, and not without us, is our doing.
 */
const program = (adapter: keyof typeof adapters, options: object, count: number) => `
  const { createRecords } = await import(${JSON.stringify(recordsFile)})
  const options = ${JSON.stringify(options)}
  const [longMs, tries, each] = [50, 4, 10]
  let alerts, ours, bare
  ${adapters[adapter]}
  const codes = []
  alerts.on('alert', ({ type, code }) => type === 'error' && codes.push(code))
  const next = createRecords(${seed}, ${adapter === 'winston'})
  const once = (log, record) => {
    try {
      log(record)
      return 1
    } catch {
      return 0
    }
  }
  let logged = 0
  const turn = async (log, batch) => {
    const start = performance.now()
    for (const record of batch) {
      const isLogged = once(log, record)
      if (log === ours) logged += isLogged
    }
    await new Promise(setImmediate)
    return performance.now() - start
  }
  const isLong = async (log, batch) => {
    for (let left = tries; left > 0; left--) if ((await turn(log, batch)) < longMs) return false
    return true
  }
  const accounted = async () => {
    const { lines = 0, failures = {} } = (await alerts.stats()) ?? {}
    const { unreadable = 0, full = 0, lost = 0 } = failures
    return lines + full + lost + (${adapter === 'winston'} ? unreadable : 0)
  }
  const caughtUp = async () => { while ((await accounted()) < logged) await new Promise((resolve) => setTimeout(resolve, 5)) }
  const megabytes = async () => ({ live: await liveMegabytes(), rss: process.memoryUsage().rss / 1e6 })
  let stalls = 0, suspects = 0, early
  for (let done = 0; done < ${count}; done += each) {
    const batch = Array.from({ length: each }, next)
    await turn(bare, batch)
    if ((await turn(ours, batch)) >= longMs) {
      suspects++
      if ((await isLong(ours, batch)) && !(await isLong(bare, batch))) stalls++
    }
    if (done % 500 === 0) await caughtUp()
    if (early === undefined && done >= ${count} / 3) {
      await caughtUp()
      early = await megabytes()
    }
  }
  await caughtUp()
  const late = await megabytes()
  const stats = await alerts.stats()
  console.log(JSON.stringify({ logged, accounted: await accounted(), failures: stats.failures, stalls, suspects, early, late, codes, isPolluted: 'polluted' in {} }))
  process.exit(0)`

/** Logs all of them in a program of its own; returns what it says at its end. */
async function logAll(
  [adapter, runIn]: (typeof ways)[number],
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { records = count, env = {} } = {},
) {
  const hook = await openHook()
  onTestFinished(() => hook.close())
  const channels = { hook: { ...hook.options.channels['hook'], interval: '1s' } }
  const rules = [{ name: 'greedy', match: { msg: { regex: '(a+)+$' } } }]
  const more = {
    runIn,
    channels,
    rules,
    context: {},
    include: ['a', 'x'],
    redact: { patterns: ['(x+x+)+y'] },
  }
  const ended = await runNode(inline(program(adapter, { ...hook.options, ...more }, records)), {
    timeout: 3_500_000,
    env: { NODE_OPTIONS: `--require ${liveMemory}`, ...env },
  })
  console.info(`${adapter} in a ${runIn}, ALERT_SEED=${seed}: ${ended.stdout.trim() || ended.stderr}`)
  expect(ended).toMatchObject({ code: 0, signal: null })
  return JSON.parse(ended.stdout)
}

/** From the first third to the end: until then caches and lists of bounded size become full. */
const growthOf = ({ early, late }: Record<'early' | 'late', { readonly live: number }>) =>
  late.live - early.live
const mostGrowth = 25

it.for(ways)(
  `${count} hostile records end nothing, are counted, hold up no turn, and leave memory flat: %s in a %s`,
  { timeout: 3_600_000 },
  async (way, test) => {
    const said = await logAll(way, test)
    const { logged, accounted, stalls, codes, isPolluted } = said
    expect(logged).toBeGreaterThan(count / 2)
    expect(accounted).toBe(logged)
    expect(stalls).toBe(0)
    // What they write into their `alert` fields is refused, and says so.
    expect(codes.filter((code: string) => !/FIELD_IGNORED|NO_CHANNEL/.test(code))).toEqual([])
    expect(growthOf(said)).toBeLessThan(mostGrowth)
    expect(isPolluted).toBe(false)
  },
)

it('memory is not flat if the thread of a target keeps its records', async (test) => {
  const said = await logAll(['target', 'worker'], test, {
    records: Math.max(count, 6_000),
    env: { ALERT_KEEP_RECORDS: '1' },
  })
  expect(growthOf(said)).toBeGreaterThan(mostGrowth)
})
