/**
 * The counters in Prometheus' text format, by prom-client, which the application installs if it wants them.
 * They have a registry of their own, so that nothing mixes with the application's metrics.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Gauge, Registry } from 'prom-client'
import { codeOf } from '../errors/code-of.ts'
import type { InternalErrors } from './internal-errors.ts'
import type { Stats } from './stats.ts'

export interface MetricsPlan {
  readonly host: string
  readonly port: number
}

export interface Metrics {
  /** The metrics at this moment; rejects if prom-client is not installed. */
  text(): Promise<string>
  close(): void
}

export interface MetricsOptions {
  /** Where GET /metrics is answered, if it is. */
  readonly plan: MetricsPlan | undefined
  readonly stats: () => Stats
  readonly reportLater: InternalErrors['reportLater']
}

type Show = (name: string, help: string, rows: readonly (readonly [value: number, labels?: Labels])[]) => void
type Labels = Readonly<Record<string, string>>

/** prom-client is loaded when the metrics are first needed. */
export function createMetrics({ plan, stats, reportLater }: MetricsOptions): Metrics {
  let registry: Promise<Registry> | undefined
  let server: Server | undefined

  async function text(): Promise<string> {
    registry ??= openRegistry(stats)
    try {
      return await (await registry).metrics()
    } catch (error) {
      registry = undefined
      throw error
    }
  }

  /** Never throws, and keeps no process alive. */
  function listen({ host, port }: MetricsPlan): void {
    // Loaded only if metrics are served: every start would pay for it.
    server = process.getBuiltinModule('node:http').createServer((request, response) => {
      if (isForeign(request)) {
        response.writeHead(403).end()
        return
      }
      const isForMetrics = request.method === 'GET' && request.url?.split('?', 1)[0] === '/metrics'
      if (!isForMetrics) {
        response.writeHead(404).end()
        return
      }
      text().then(
        (body) =>
          response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body),
        () => response.writeHead(503).end('prom-client is not installed\n'),
      )
    })
    server.on('error', (error) => {
      const why = codeOf(error) ?? error.message
      reportLater('ALERT_METRICS_UNUSABLE', `Metrics cannot be served at ${host}:${port} (${why}).`)
    })
    server.unref()
    server.listen({ host, port, exclusive: true })
    text().catch(() =>
      reportLater('ALERT_METRICS_UNUSABLE', 'Metrics need the package prom-client; install it.'),
    )
  }

  if (plan !== undefined) listen(plan)
  return {
    text,
    close() {
      server?.close()
      server?.closeAllConnections()
    },
  }
}

/**
 * True for a request that a page of another site makes a browser send: it says so, or it reached this
 * loopback address by a name that is not a loopback name (DNS rebinding).
 */
function isForeign({ headers, socket }: IncomingMessage): boolean {
  if (headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate') return true
  const isLoopback = /^(::ffff:)?127\.|^::1$/.test(socket.localAddress ?? '')
  return isLoopback && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? '')
}

async function loadClient() {
  // In a `try`, so that bundlers accept that the package may be missing.
  try {
    return await import('prom-client')
  } catch (cause) {
    throw new Error('prom-client is not installed', { cause })
  }
}

async function openRegistry(stats: () => Stats): Promise<Registry> {
  const { Counter, Gauge, Registry } = await loadClient()
  const registry = new Registry()
  const gauges = new Map<string, Gauge>()
  const counters = new Map<string, InstanceType<typeof Counter>>()
  const ours = { registers: [registry] }

  const gauge: Show = (name, help, rows) => {
    const labelNames = Object.keys(rows[0]?.[1] ?? {})
    const made = gauges.get(name) ?? new Gauge({ name, help, labelNames, ...ours })
    gauges.set(name, made)
    made.reset()
    for (const [value, labels] of rows) made.set({ ...labels }, value)
  }
  const counter: Show = (name, help, rows) => {
    if (rows.length === 0) return
    const labelNames = Object.keys(rows[0]?.[1] ?? {})
    const made = counters.get(name) ?? new Counter({ name, help, labelNames, ...ours })
    counters.set(name, made)
    made.reset()
    for (const [value, labels] of rows) made.inc({ ...labels }, value)
  }

  const metrics = registry.metrics.bind(registry)
  registry.metrics = () => {
    show(stats(), counter, gauge)
    return metrics()
  }
  return registry
}

function show(stats: Stats, counter: Show, gauge: Show): void {
  const channels = Object.entries(stats.channels)
  counter('alert_lines_total', 'Lines received', [[stats.lines]])
  counter('alert_records_matched_total', 'Records that a rule took', [[stats.matched]])
  counter(
    'alert_failures_total',
    'Lines that could not be read, and internal errors, by kind',
    byName(stats.failures, 'kind'),
  )
  counter(
    'alert_deliveries_total',
    'Notifications by channel and outcome; retried counts attempts',
    channels.flatMap(([channel, { delivered, failed, retries }]) => [
      [delivered, { channel, outcome: 'delivered' }],
      [failed, { channel, outcome: 'failed' }],
      [retries, { channel, outcome: 'retried' }],
    ]),
  )
  counter(
    'alert_suppressed_total',
    'What a channel was not sent, by reason',
    channels.flatMap(([channel, { suppressed }]) =>
      Object.entries(suppressed).map(([reason, count]) => [count, { channel, reason }] as const),
    ),
  )
  counter(
    'alert_dropped_total',
    'What was suppressed or dropped on any channel, by reason',
    byName(stats.suppressed, 'reason'),
  )
  gauge(
    'alert_waiting',
    'Notifications that wait',
    channels.map(([channel, { waiting }]) => [waiting, { channel }]),
  )
  gauge(
    'alert_oldest_waiting_seconds',
    'Age of the oldest notification that waits',
    channels.map(([channel, { oldestWaitingMs }]) => [oldestWaitingMs / 1000, { channel }]),
  )
  if (stats.state === undefined) return
  gauge('alert_state_bytes', 'Size of the journal', [[stats.state.bytes]])
  gauge('alert_state_on_disk', '1 while the state directory works, else 0', [
    [Number(stats.state.place === 'disk')],
  ])
}

function byName(counts: Readonly<Record<string, number>>, label: string) {
  return Object.entries(counts).map(([name, count]) => [count, { [label]: name }] as const)
}
