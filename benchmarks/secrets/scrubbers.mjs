// Who hides secrets: ours, and what others hide by default. Each `text` and `fields` returns what leaves the
// process.
import { createRequire } from 'node:module'
import { importSource } from '../lib/source.mjs'

/** Ours, as the sources have it. */
export async function ours() {
  const { createRedactor } = await importSource('alert-core/src/redact/redact.ts')
  const redactor = createRedactor({})
  return {
    name: 'alert-core',
    text: redactor.text,
    key: redactor.key,
    fields: (fields) => JSON.stringify(redactor.value(fields)),
  }
}

/** What leaves with an alert: its message with the data for machines, and its entry in the journal. */
export async function delivery() {
  const { createRenderer } = await importSource('alert-core/src/render/render.ts')
  const { createRedactState } = await importSource('alert-core/src/state/redact-state.ts')
  const render = createRenderer({
    channel: 'ops',
    locale: 'en',
    timeZone: 'UTC',
    max: 10,
    format: 'full',
    redact: {},
    include: ['note', 'err.stack'],
    mentions: {},
    to: [],
  })
  const state = createRedactState({ paths: [], patterns: [] })
  const at = Date.UTC(2026, 0, 5)
  return (text) => {
    const err = { type: 'Error', message: text, stack: `Error: ${text}\n    at charge (/app/src/pay.js:1:2)` }
    const fields = { note: text, body: JSON.stringify({ note: text }) }
    const record = { time: at, level: 50, levelLabel: 'error', msg: `failed: ${text}`, err, fields }
    const alert = {
      id: '00000000000000a1',
      rule: 'error',
      key: `failed: ${text}`,
      state: 'firing',
      severity: 'error',
      labels: { service: 'shop', note: text },
      count: 1,
      firstSeen: at,
      lastSeen: at,
      first: record,
      latest: record,
      context: [{ time: at, level: 'info', text: `before: ${text}` }],
    }
    const items = [{ alert, reason: 'first', added: 1 }]
    const message = render({ id: 'n1', channel: 'ops', reason: 'first', severity: 'error', at, items })
    return [JSON.stringify(message), JSON.stringify(state.alert({ ...alert, channelStates: {} }))]
  }
}

/** Those of the others that are installed: `pnpm --dir benchmarks/secrets --ignore-workspace install`. */
export async function others() {
  const found = []
  for (const open of [sentry, sentryService, elastic, pinoRedact]) {
    try {
      found.push(await open())
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') throw error
      console.log(`${open.name} is not installed: left out`)
    }
  }
  return found
}

/** The client with its defaults; what its transport is given. The service behind it may hide more. */
async function sentry() {
  const Sentry = await import('@sentry/node')
  const sent = []
  const transport = () => ({
    send: (envelope) => {
      sent.push(envelope)
      return Promise.resolve({})
    },
    flush: () => Promise.resolve(true),
  })
  const client = Sentry.init({
    dsn: 'https://key@s.example.net/1',
    transport,
    normalizeDepth: 8,
    // Equal events would be left out, and what this program prints be sent along.
    integrations: (all) => all.filter(({ name }) => name !== 'Dedupe' && name !== 'Console'),
  })
  const send = async (event) => {
    sent.length = 0
    client.captureEvent(event)
    await client.flush(1000)
    const items = sent.flatMap(([, list]) => list)
    return JSON.stringify(items.map(([, payload]) => ({ ...payload, sdk: undefined, modules: undefined })))
  }
  return {
    name: `Sentry ${Sentry.SDK_VERSION}`,
    text: (message) => send({ message }),
    fields: (fields) =>
      send({
        message: 'failed',
        extra: fields,
        request: { url: 'https://a.example', headers: fields.headers },
      }),
  }
}

/** What the documentation of the service says of fields: it hides them after they arrived. */
function sentryService() {
  const names = /password|secret|passwd|api_?key|auth|credentials|mysql_pwd|private_?key|token|bearer/i
  const hide = (value, name) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner, key)]))
    return names.test(name) || (typeof value === 'string' && names.test(value)) ? '[Filtered]' : value
  }
  return {
    name: 'Sentry service, as documented',
    text: (message) => message,
    fields: (fields) => JSON.stringify(hide(fields, '')),
  }
}

/** What the agent applies to headers and bodies; messages it sends as they are. */
async function elastic() {
  const require = createRequire(import.meta.url)
  const root = require.resolve('elastic-apm-node/package.json').replace('package.json', '')
  const { redactKeysFromObject } = require(`${root}lib/filters/sanitize-field-names`)
  const { CONFIG_SCHEMA } = require(`${root}lib/config/schema`)
  const { WildcardMatcher } = require(`${root}lib/wildcard-matcher`)
  const matcher = new WildcardMatcher()
  const { defaultValue } = CONFIG_SCHEMA.find(({ name }) => name === 'sanitizeFieldNames')
  const names = defaultValue.map((pattern) => matcher.compile(pattern))
  return {
    name: `Elastic APM ${require('elastic-apm-node/package.json').version}`,
    text: (message) => message,
    fields: (fields) => JSON.stringify(hideDeep(fields, names, redactKeysFromObject)),
  }
}

function hideDeep(fields, names, redact) {
  const copied = redact({ ...fields }, names)
  for (const [name, value] of Object.entries(copied))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      copied[name] = hideDeep(value, names, redact)
  return copied
}

/** pino hides nothing by itself: here what its documentation and most guides name. */
async function pinoRedact() {
  const { default: pino } = await import('pino')
  const names = [
    'password',
    'token',
    'secret',
    'apiKey',
    'api_key',
    'authorization',
    'cookie',
    '["set-cookie"]',
  ]
  const paths = names.flatMap((name) => {
    const below = name.startsWith('[') ? name : `.${name}`
    return [name, `*${below}`, `headers${below}`]
  })
  let line = ''
  const logger = pino({ redact: { paths: [...new Set(paths)] } }, { write: (written) => (line = written) })
  const write = (given, message) => {
    logger.error(given, message)
    return line
  }
  return {
    name: `pino redact ${pino.version ?? ''}`,
    text: (message) => write({}, message),
    fields: (fields) => write(fields, 'failed'),
  }
}
