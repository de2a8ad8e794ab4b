/**
 * The keys of the options, top floor: THE list. A new option begins here with its schema, its meaning and its default;
 * types, checks, JSON Schema and docs follow from it, and plan.ts says what becomes of it.
 */
import * as z from 'zod/mini'
import { lazily } from '../cache/lazy.ts'
import { option, required } from '../provider/schema.ts'
import { defaults } from './defaults.ts'
import { duration, labels, locale, pattern, text, texts, timeZone } from './fields.ts'
import { levelOption } from './level.ts'
import { inhibition, silence, timeInterval } from './mute-shape.ts'
import { person } from './person.ts'

/** The keys of the options but `channels` and `rules`, whose entries are checked one by one. */
export const optionsShape = lazily({
  level: levelOption,
  service: () => option(text(), 'Name of the service: on every alert, and part of its key'),
  env: () => option(text(), "Where it runs: 'prod'. On every alert, and part of its key"),
  labels: () => option(labels(), 'Labels on every alert, and part of its key'),
  channels: () =>
    option(z.record(z.string(), z.unknown()), 'The ways out, by a name of your choice', {
      'x-default': 'one `console` channel',
    }),
  rules: () =>
    option(z.array(z.unknown()), 'Tried in order; then the built-in ones: fatal is critical, error is error'),
  recipients: () =>
    option(
      z.record(z.string(), z.array(z.union([text(), person()])).check(z.minLength(1))),
      "Groups of people by role, for `to` and `mentions`: addresses, or members with an address for each type of channel: `{ email: 'ops@example.com', sms: '+4930123456', slack: 'U024BE7LH' }`",
    ),
  silences: () => option(z.array(silence()), 'Alerts that nobody is told of for a while; ends are told'),
  inhibit: () => option(z.array(inhibition()), 'Alerts that are not told while another one fires'),
  schedules: () =>
    option(
      z.record(z.string(), z.array(timeInterval())),
      'Named times, for `schedules` of channels and silences: a moment is inside when one of the intervals holds it',
    ),
  trace: () =>
    option(
      z.strictObject({
        requestId: option(texts().check(z.minLength(1)), 'Fields that may hold the id of the request'),
        traceId: option(texts().check(z.minLength(1)), 'Fields that may hold the id of the trace'),
        url: option(
          text().check(
            z.regex(/^https?:\/\//, {
              error: "must start with https:// or http://, as in 'https://traces/{traceId}'",
            }),
          ),
          "Link to a trace, with placeholders: 'https://traces/{traceId}'",
        ),
      }),
      'Where records carry the ids of request and trace',
    ),
  context: () =>
    option(
      z.union([
        z.literal(false),
        z.strictObject({
          lines: option(z.int().check(z.minimum(1), z.maximum(100)), 'Lines shown with an alert', {
            default: defaults.contextLines,
          }),
          by: option(texts().check(z.minLength(1)), 'Fields that say which lines belong together', {
            default: defaults.contextBy,
          }),
          maxBytes: option(z.int().check(z.minimum(100)), 'Longest text of these lines together', {
            default: defaults.contextMaxBytes,
          }),
        }),
      ]),
      'Shows the lines that led to an alert, of lower levels too: those of the same request or trace, else the last ones before it. `{}` is enough',
      { 'x-default': 'none' },
    ),
  redact: () =>
    option(
      z.strictObject({
        paths: option(texts(), 'Fields to hide'),
        patterns: option(z.array(pattern('u', '')), 'Regular expressions of what to hide inside texts'),
      }),
      'What to hide in messages, beside passwords, tokens and the like, which are always hidden',
    ),
  include: () => option(texts(), "Further fields to show: ['userId', 'err.stack']"),
  locale: () => option(locale(), 'Language of messages', { default: defaults.locale }),
  timeZone: () =>
    option(timeZone(), 'Time zone of messages, by its IANA name', { 'x-default': "the system's" }),
  state: () =>
    option(
      z.strictObject({
        dir: option(
          text(),
          'Directory on a local disk, made if it is missing, for what has to survive the process; several processes may share it',
        ),
      }),
      'What has to survive the process',
    ),
  reload: () =>
    option(
      z
        .strictObject({
          file: option(
            text(),
            'A file, JSON or YAML; written in place, renamed over or swapped behind a link',
          ),
          url: option(
            text().check(z.regex(/^https?:\/\//, { error: 'must start with https:// or http://' })),
            'An address, asked for with its ETag',
          ),
          consul: option(
            text(),
            "A key of Consul's store, as 'path/of/key' at CONSUL_HTTP_ADDR or a whole address with /v1/kv/; the token is CONSUL_HTTP_TOKEN of the environment",
          ),
          every: option(duration({ minMs: 100 }), 'How often to look; Consul answers by itself', {
            'x-default': `${defaults.reloadFileEvery} for a file, ${defaults.reloadUrlEvery} for an address`,
          }),
        })
        .check(
          z.refine(
            ({ file, url, consul }) =>
              [file, url, consul].filter((place) => place !== undefined).length === 1,
            {
              error: 'must name one place: `file`, `url` or `consul`.',
            },
          ),
        ),
      'A document whose keys stand in place of these options, from the start and whenever it changes',
    ),
  metrics: () =>
    option(
      z.strictObject({
        port: option(
          z.int().check(z.minimum(0), z.maximum(65_535)),
          'Port of http://…/metrics; 0 takes a free one',
          {
            default: defaults.metricsPort,
          },
        ),
        host: option(text(), 'Address to listen on', { default: defaults.metricsHost }),
      }),
      'Serves counters to Prometheus; needs the package prom-client',
    ),
  heartbeat: () =>
    option(
      z.strictObject({
        url: required(
          text().check(z.regex(/^https?:\/\//, { error: 'must start with https:// or http://' })),
          'Asked for by GET as a sign of life, while alerts can be told',
        ),
        every: option(duration({ minMs: 1000 }), 'How often', { default: defaults.heartbeatEvery }),
      }),
      'A sign of life for a service that raises the alarm when it stays away',
    ),
  limits: () =>
    option(
      z.strictObject({
        alerts: option(z.int().check(z.minimum(1)), 'Alerts that may live at once', {
          default: defaults.alerts,
        }),
        queue: option(z.int().check(z.minimum(1)), 'Deliveries that may wait per channel', {
          default: defaults.queue,
        }),
        contextBytes: option(z.int().check(z.minimum(1024)), 'Memory for the lines that `context` may show', {
          default: defaults.contextBytes,
        }),
      }),
      'Bounds on memory',
    ),
  closeTimeout: () =>
    option(
      duration({ minMs: 1, atMost: '9s' }),
      'The longest time that closing waits for what is still to be told',
      { default: defaults.closeTimeout },
    ),
  runIn: () =>
    option(
      z.enum(['worker', 'process', 'inline']),
      'Where alerts are made: a worker thread; a process of its own, which outlives the application and tells even of SIGKILL; or the thread that logs',
      { default: defaults.runIn },
    ),
  handleSignals: () =>
    option(
      z.boolean(),
      'Before SIGTERM or SIGINT ends the application, tells what is pending, then raises the signal again; in a plain pino `target` there is no way to',
      { default: false },
    ),
  dryRun: () => option(z.boolean(), 'Decides and renders, sends nothing', { default: false }),
  strict: () => option(z.boolean(), 'A bad option throws, also inside the worker', { default: false }),
})

/** Keys that editors and loggers put beside the options; they are passed over. */
export const foreignKeys: ReadonlySet<string> = new Set(['$schema', '$context', 'pinoWillSendConfig'])

/** Options whose keys stand for themselves: one that is wrong leaves the others in force. */
export const settings: ReadonlySet<string> = new Set([
  'trace',
  'context',
  'state',
  'reload',
  'metrics',
  'heartbeat',
  'limits',
])
