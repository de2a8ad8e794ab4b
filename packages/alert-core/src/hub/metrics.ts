/**
 * The counters in Prometheus' text form, by prom-client, which the application installs if it wants them: its own
 * registry, so that nothing is mixed with the application's metrics. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { Server } from 'node:http'
import type { Gauge, Registry } from 'prom-client'
import type { Stats } from './stats.ts'

/** Where metrics can be fetched. */
export interface MetricsPlan {
  readonly host: string
  readonly port: number
}

/** Serves counters as text. */
export interface Metrics {
  /** The metrics at this moment; rejects where prom-client is not installed. */
  text(): Promise<string>
  /** Answers GET /metrics; never throws, and never keeps the process alive. */
  listen(plan: MetricsPlan): void
  close(): void
}

/** What metrics are made from. */
export interface MetricsOptions {
  readonly stats: () => Stats
  readonly onError: (code: string, message: string) => void
}

type Shown = (
  name: string,
  help: string,
  rows: readonly (readonly [value: number, labels?: Labels])[],
) => void
type Labels = Readonly<Record<string, string>>

/** Makes the metrics of a hub; prom-client is loaded when they are first asked for. */
export function createMetrics({ stats, onError }: MetricsOptions): Metrics {
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

  return {
    text,
    listen({ host, port }) {
      // Loaded where metrics are served: every start would pay for it.
      server = process.getBuiltinModule('node:http').createServer((request, response) => {
        const isAsked = request.method === 'GET' && request.url?.split('?', 1)[0] === '/metrics'
        if (!isAsked) {
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
        const why = 'code' in error ? String(error.code) : error.message
        onError('ALERT_METRICS_UNUSABLE', `Metrics cannot be served at ${host}:${port} (${why}).`)
      })
      server.unref()
      server.listen({ host, port, exclusive: true })
      text().catch(() =>
        onError('ALERT_METRICS_UNUSABLE', 'Metrics need the package prom-client; install it.'),
      )
    },
    close() {
      server?.close()
      server?.closeAllConnections()
    },
  }
}

async function loadClient() {
  // In a `try`, so that bundlers take it for a package that may be missing.
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
  const saveDone = { registers: [registry] }

  const gauge: Shown = (name, help, rows) => {
    const labelNames = Object.keys(rows[0]?.[1] ?? {})
    const made = gauges.get(name) ?? new Gauge({ name, help, labelNames, ...saveDone })
    gauges.set(name, made)
    made.reset()
    for (const [value, labels] of rows) made.set({ ...labels }, value)
  }
  const counter: Shown = (name, help, rows) => {
    if (rows.length === 0) return
    const labelNames = Object.keys(rows[0]?.[1] ?? {})
    const made = counters.get(name) ?? new Counter({ name, help, labelNames, ...saveDone })
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

function show(stats: Stats, counter: Shown, gauge: Shown): void {
  const channels = Object.entries(stats.channels)
  counter('alert_lines_total', 'Lines handed in', [[stats.lines]])
  counter('alert_records_matched_total', 'Records that a rule took', [[stats.matched]])
  counter(
    'alert_failures_total',
    'Lines that could not be read, and faults, by kind',
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
    'What a channel was not told, by reason',
    channels.flatMap(([channel, { suppressed }]) =>
      Object.entries(suppressed).map(([reason, count]) => [count, { channel, reason }] as const),
    ),
  )
  counter('alert_dropped_total', 'What nobody was told, by reason', byName(stats.suppressed, 'reason'))
  gauge(
    'alert_waiting',
    'Notifications that wait',
    channels.map(([channel, { waiting }]) => [waiting, { channel }]),
  )
  gauge(
    'alert_oldest_waiting_seconds',
    'For how long the oldest notification has waited',
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
