// Every contestant: how its logger is made. `destination` is where the application's own lines go; `url`
// where alerts go; `more` are further options of ours.
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Worker } from 'node:worker_threads'

const require = createRequire(import.meta.url)
/** What another package depends on. */
const requireBeside = (owner, name) => createRequire(require.resolve(owner))(name)
const nothing = () => new Writable({ write: (_chunk, _encoding, done) => done() })

const alertOptions = (url) => ({
  service: 'bench',
  channels: { hook: { type: 'webhook', url: `${url}/hook` } },
})

async function pinoTo(stream, options = {}) {
  const { default: pino } = await import('pino')
  return pino(options, stream)
}

async function pinoTarget(target, options) {
  const { default: pino } = await import('pino')
  return pino({ transport: { target, options } })
}

/**
 * To nothing as plain JSON; or as services write, with a timestamp and the error's stack, to a file: with
 * `destination` 'file' as JSON, with 'printf' as text.
 */
async function winstonWith(destination, ...transports) {
  const { default: winston } = await import('winston')
  const { combine, errors, json, printf, timestamp } = winston.format
  const isText = destination === 'printf'
  const isFile = isText || destination === 'file'
  const stream = isFile ? createWriteStream('/dev/null') : nothing()
  const written = isText ? printf(asText) : json()
  return winston.createLogger({
    format: isFile ? combine(timestamp(), errors({ stack: true }), written) : written,
    transports: [new winston.transports.Stream({ stream }), ...transports],
  })
}

/** As winston's documentation has it. */
function asText({ timestamp, level, message, stack }) {
  return `${timestamp} ${level}: ${message}${stack === undefined ? '' : `\n${stack}`}`
}

/** An application that keeps its own destination: `destination` is 'null', 'sync' or 'async'. */
async function ownDestination(destination) {
  const { default: pino } = await import('pino')
  if (destination === 'null') return nothing()
  return pino.destination({ dest: '/dev/null', sync: destination === 'sync' })
}

export const contestants = {
  // The application keeps its own destination.
  'pino alone': async ({ destination }) => pinoTo(await ownDestination(destination)),
  'pino + alertStream': async ({ destination, url, more }) => {
    const { alertStream } = await import('pino-alert-transport')
    return pinoTo(alertStream({ ...alertOptions(url), ...more }, await ownDestination(destination)))
  },
  'pino + alertStream in a multistream': async ({ destination, url }) => {
    const { default: pino } = await import('pino')
    const { alertStream } = await import('pino-alert-transport')
    return pinoTo(
      pino.multistream([{ stream: await ownDestination(destination) }, alertStream(alertOptions(url))]),
    )
  },
  // Processes that share a state directory are one fleet; this one speaks for it.
  'pino + alertStream in a fleet': async ({ destination, url }) => {
    const { alertStream } = await import('pino-alert-transport')
    const state = { dir: mkdtempSync(join(tmpdir(), 'alert-bench-')), fleet: true }
    process.once('exit', () => rmSync(state.dir, { recursive: true, force: true }))
    return pinoTo(alertStream({ ...alertOptions(url), state }, await ownDestination(destination)))
  },
  // The floor of every second destination.
  'pino + a second stream that does nothing': async ({ destination }) => {
    const { default: pino } = await import('pino')
    const streams = [{ stream: await ownDestination(destination) }, { level: 0, stream: { write() {} } }]
    return pinoTo(pino.multistream(streams))
  },
  // The floors of what can say that a line is interesting.
  'pino + a wrapper that only writes': async ({ destination }) => {
    const own = await ownDestination(destination)
    return pinoTo({ write: (line) => own.write(line) })
  },
  'pino + a wrapper that is given the metadata': async ({ destination }) => {
    const own = await ownDestination(destination)
    const metadata = { lastLevel: 0, lastObj: null, lastMsg: '', lastTime: '', lastLogger: null }
    return pinoTo({ ...metadata, [Symbol.for('pino.metadata')]: true, write: (line) => own.write(line) })
  },
  'pino + a hook, and a wrapper that reads its mark': async ({ destination }) => {
    const own = await ownDestination(destination)
    let isMarked = false
    let marked = 0
    const write = (line) => {
      if (isMarked) marked++
      return own.write(line)
    }
    const logMethod = function logMethod(given, method, level) {
      isMarked = level >= 50 || given[0]?.alert !== undefined
      method.apply(this, given)
    }
    return pinoTo({ write, marked: () => marked }, { hooks: { logMethod } })
  },
  'pino + a wrapper that searches each line': async ({ destination }) => {
    const own = await ownDestination(destination)
    let found = 0
    const write = (line) => {
      if (line.includes('"alert"')) found++
      return own.write(line)
    }
    return pinoTo({ write, found: () => found })
  },
  // Bounded as ours is: beyond 4 MiB that are not read, lines are dropped.
  'pino + a thread that only parses errors': async ({ destination }) => {
    const own = await ownDestination(destination)
    const read = new Int32Array(new SharedArrayBuffer(4))
    const thread = new Worker(new URL('./parsing-thread.mjs', import.meta.url), {
      workerData: read,
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
    })
    let gathered = ''
    let passed = 0
    const pass = () => {
      passed += gathered.length
      if (gathered !== '') thread.postMessage(gathered)
      gathered = ''
    }
    const write = (line) => {
      const unread = passed + gathered.length - Atomics.load(read, 0)
      if (line.startsWith('{"level":50') && unread < 4 * 1024 * 1024) {
        if (gathered === '') setImmediate(pass)
        gathered += line
        if (gathered.length > 32 * 1024) pass()
      }
      return own.write(line)
    }
    return pinoTo({ write })
  },
  'winston alone': async ({ destination }) => winstonWith(destination),
  'winston + AlertTransport': async ({ destination, url, more }) => {
    const { AlertTransport } = await import('winston-alert-transport')
    return winstonWith(destination, new AlertTransport({ ...alertOptions(url), ...more }))
  },
  // The minimum for anything that distinguishes errors: the engine writes an error's stack when it is first
  // read.
  "winston + reading the error's stack": async ({ destination }) => {
    const Transport = requireBeside('winston', 'winston-transport')
    const read = (info, done) => done(null, info.stack ?? info.err?.stack)
    return winstonWith(destination, new Transport({ level: 'error', log: read }))
  },
  'winston + a transport that does nothing': async ({ destination }) => {
    const Transport = requireBeside('winston', 'winston-transport')
    return winstonWith(destination, new Transport({ level: 'error', log: (_info, done) => done() }))
  },
  // All lines cross to the worker.
  'no-op target': async () => pinoTarget(new URL('./no-op.mjs', import.meta.url).href, {}),
  'a target that only parses': async () => pinoTarget(new URL('./parsing.mjs', import.meta.url).href, {}),
  'a target that only cuts and parses lines': async () =>
    pinoTarget(new URL('./least-parsing.mjs', import.meta.url).href, {}),
  'a target that only sends': async ({ url }) =>
    pinoTarget(new URL('./sending.mjs', import.meta.url).href, { url }),
  'pino-alert-transport target': async ({ url, more }) =>
    pinoTarget('pino-alert-transport', { ...alertOptions(url), ...more }),
  // The peers.
  'pino-slack-transport': async ({ url }) =>
    pinoTarget('pino-slack-transport', { webhookUrl: `${url}/slack` }),
  'pino-discord-transport': async ({ url }) =>
    pinoTarget('pino-discord-transport', { webhookUrl: `${url}/discord` }),
  'pino-loki': async ({ url }) => pinoTarget('pino-loki', { host: url, batching: { interval: 1 } }),
  '@logtail/pino': async ({ url }) =>
    pinoTarget('@logtail/pino', { sourceToken: 'bench', options: { endpoint: url } }),
  '@sentry/node (pino)': async ({ url }) => {
    const Sentry = await import('@sentry/node')
    Sentry.init({
      dsn: `${url.replace('://', '://bench@')}/1`,
      integrations: [Sentry.pinoIntegration({ error: { levels: ['error', 'fatal'] } })],
    })
    return pinoTo(nothing())
  },
  '@sentry/node (winston)': async ({ url }) => {
    const Sentry = await import('@sentry/node')
    const Transport = requireBeside('winston', 'winston-transport')
    Sentry.init({ dsn: `${url.replace('://', '://bench@')}/1`, enableLogs: true })
    const SentryTransport = Sentry.createSentryWinstonTransport(Transport)
    return winstonWith('null', new SentryTransport())
  },
  '@logtail/winston': async ({ url }) => {
    const { Logtail } = requireBeside('@logtail/winston', '@logtail/node')
    const { LogtailTransport } = await import('@logtail/winston')
    return winstonWith(
      'null',
      new LogtailTransport(new Logtail('bench', { endpoint: url }), { level: 'error' }),
    )
  },
  'winston-slack-webhook-transport': async ({ url }) => {
    const Slack = require('winston-slack-webhook-transport')
    return winstonWith('null', new Slack({ webhookUrl: `${url}/slack`, level: 'error' }))
  },
  'winston-mail': async ({ smtpPort }) => {
    const { Mail } = require('winston-mail')
    return winstonWith(
      'null',
      new Mail({
        to: 'ops@example.com',
        from: 'a@example.com',
        host: '127.0.0.1',
        port: smtpPort,
        level: 'error',
      }),
    )
  },
}
