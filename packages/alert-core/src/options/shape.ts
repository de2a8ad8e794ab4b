/**
 * THE list of options. A new option is added here with its schema, its meaning and its default: types,
 * checks, JSON Schema and docs are derived from it, and plan.ts says how it is used.
 */

import { lazily, once } from '../cache/lazy.ts'
import { redisAddressProblem } from '../fleet/redis-address.ts'
import * as z from '../provider/light-zod.ts'
import { secret } from '../provider/provider.ts'
import { informed, option, required } from '../provider/schema.ts'
import { parseStart } from '../time/rotation.ts'
import { defaults } from './defaults.ts'
import { duration, labels, linkTemplate, locale, pattern, text, texts, timeZone } from './fields.ts'
import { levelOption } from './level.ts'
import { inhibition, silence, timeInterval } from './mute-shape.ts'
import { person } from './person.ts'

/** All options. The entries of `channels` and `rules` have shapes of their own and are checked one by one. */
export const optionsShape = lazily({
  enabled: () =>
    option(
      z.boolean(),
      'false switches alerting off, for tests and local development: nothing is started or sent, and no secrets are needed. The environment variable ALERT_ENABLED=false does the same',
      { default: true },
    ),
  config: () =>
    option(
      text(),
      'Path of a JSON or YAML file with options. A key that is written in code comes before the same key of the file',
      { 'x-default': 'ALERT_CONFIG of the environment' },
    ),
  level: levelOption,
  service: () => option(text(), 'Name of the service: shown with every alert, and part of its identity'),
  env: () => option(text(), "Environment, such as 'prod': shown with every alert, and part of its identity"),
  release: () =>
    option(text(), 'Version of the service: shown with every alert, never part of its identity', {
      'x-default': 'by the environment, such as SENTRY_RELEASE or npm_package_version',
    }),
  process: () =>
    option(text(), 'What people call this process: shown with every alert, never part of its identity', {
      'x-default': "HOSTNAME or the host's name, with NODE_APP_INSTANCE or the process id",
    }),
  labels: () => option(labels(), 'Labels of every alert: shown, and part of its identity'),
  channels: () =>
    option(
      z.record(z.string(), z.unknown()),
      'Where alerts are sent, each channel under a name of your choice',
      {
        'x-default': 'one `console` channel',
      },
    ),
  rules: () =>
    option(
      z.array(z.unknown()),
      'Rules, tried in order; the built-in rule comes last: fatal is critical, error is error, warn is warning',
    ),
  recipients: () =>
    option(
      z.record(z.string(), z.union([members(), rotation()])),
      "Named groups of people, for `to` and `mentions`. A member is an address, or an object with one address for each type of channel: `{ email: 'ops@example.com', sms: '+4930123456', slack: 'U024BE7LH' }`. With `{ rotate, every, from }` they take turns",
    ),
  silences: () =>
    option(
      z.array(silence()),
      'Alerts that are not sent for some time. The message that such an alert is resolved is still sent',
    ),
  inhibit: () => option(z.array(inhibition()), 'Alerts that are not sent while another alert fires'),
  schedules: () =>
    option(
      z.record(z.string(), z.array(timeInterval())),
      'Named times, for the `schedules` of channels and silences. A schedule holds while one of its intervals holds',
    ),
  trace: () =>
    option(
      z.strictObject({
        requestId: option(texts().check(z.minLength(1)), 'Fields that may contain the request id'),
        traceId: option(texts().check(z.minLength(1)), 'Fields that may contain the trace id'),
        url: option(
          linkTemplate('https://traces/{traceId}'),
          "Link to a trace, with placeholders: 'https://traces/{traceId}'",
        ),
        logs: option(
          linkTemplate('https://logs/?q={requestId}'),
          "Link to the log lines of a request, with placeholders: 'https://logs/?q={requestId}'",
        ),
      }),
      'Where a record has its request id and trace id, and the links to its trace and logs',
    ),
  impact: () =>
    option(
      texts().check(z.minLength(1), z.maxLength(5)),
      "Fields whose different values are counted for each alert: ['userId'] shows '37 times, 4 users'. Values are kept as hashes only",
    ),
  wire: () =>
    option(
      z.strictObject({
        nestedKey: option(text(), "pino's `nestedKey`; `alertStream` reads it from the logger"),
        messageKey: option(text(), "pino's `messageKey`", { 'x-default': "the logger's" }),
        errorKey: option(text(), "pino's `errorKey`", { 'x-default': "the logger's" }),
      }),
      'How the lines are written, if it is not as usual',
    ),
  failedRequests: () =>
    option(
      z.boolean(),
      'A request that pino-http logs with status 500 or above counts as an error, whatever its level',
      { default: true },
    ),
  clientErrors: () =>
    option(
      z.boolean(),
      "Errors with a status from 400 to 499 (not 408, 425, 429) are alerts as others are. Otherwise only a rule with a `match`, or a record's field `alert`, makes them alerts",
      { default: false },
    ),
  context: () =>
    option(
      z.union([
        z.literal(false),
        z.strictObject({
          lines: option(
            z.int().check(z.minimum(1), z.maximum(100)),
            'Maximum number of lines shown with an alert',
            {
              default: defaults.contextLines,
            },
          ),
          by: option(
            texts().check(z.minLength(1)),
            'Fields that connect lines: lines with an equal value belong together',
            {
              default: defaults.contextBy,
            },
          ),
          maxBytes: option(z.int().check(z.minimum(100)), 'Maximum size of these lines together', {
            default: defaults.contextMaxBytes,
          }),
        }),
      ]),
      'Shows the log lines before an alert, of lower levels too: lines of the same request or trace, otherwise the latest lines. `{}` is enough',
      { 'x-default': 'none' },
    ),
  redact: () =>
    option(
      z.strictObject({
        paths: option(texts(), 'Paths of fields to hide'),
        patterns: option(
          z.array(pattern('u', '')),
          'Regular expressions: what they match inside a text is hidden',
        ),
      }),
      'What to hide in messages in addition to passwords, tokens and other secrets, which are always hidden',
    ),
  include: () => option(texts(), "Additional fields to show: ['userId', 'err.stack']"),
  sourceMaps: () =>
    option(
      z.boolean(),
      'Reads the source map of a built file when an error comes from it: alerts then name the original file and function',
      { default: true },
    ),
  locale: () => option(locale(), 'Language of messages', { default: defaults.locale }),
  timeZone: () => option(timeZone(), 'IANA time zone of messages', { 'x-default': "the system's" }),
  state: () =>
    option(
      z.strictObject({
        dir: option(
          text(),
          'Directory on a local disk for alerts and unsent notifications. It is created if it does not exist, and several processes may share it',
        ),
        fleet: option(
          z.boolean(),
          'Processes of one host that share the directory, the service and the channels notify with one voice: one of them sends for all, with the count of all',
          { default: true },
        ),
        redis: option(
          z.union([
            redisUrl(),
            z.strictObject({
              url: required(redisUrl(), 'Address of the server, or of the group of servers behind Sentinel'),
              fleet: option(
                text().check(
                  z.maxLength(100),
                  z.regex(/^[\w.-]+$/, { error: 'may hold letters, digits, and . _ -' }),
                ),
                'Name of the fleet: processes with the same name notify with one voice',
                { 'x-default': 'the service and the environment' },
              ),
              process: option(text(), 'What people call this process, as the option `process`', {
                'x-default': 'the option `process`',
              }),
              sample: option(
                z.boolean(),
                'false keeps the text and the fields of records out of Redis: messages then name the rule and the kind only',
                { default: true },
              ),
              sentinels: option(
                z
                  .array(
                    text().check(z.regex(/^[^/@\s]+:\d{1,5}$/, { error: "must be like 'sentinel-1:26379'" })),
                  )
                  .check(z.minLength(1)),
                'Addresses of Sentinel; the host of `url` is then the name of the group: redis://:password@mymaster',
              ),
            }),
          ]),
          'Redis 6.2 or newer, or Valkey, that the processes of several hosts share: one of them sends for all, with the count of all. Needs the package ioredis',
        ),
      }),
      'Keeps alerts and unsent notifications across a restart, and shares them among processes',
    ),
  control: () =>
    option(
      z.strictObject({
        secret: secret(
          required(
            text().check(z.minLength(16)),
            'Signs the links: at least 16 characters that cannot be guessed. It allows answers to every alert',
          ),
        ),
        url: option(
          text().check(
            z.regex(/^https?:\/\/[^?#]+$/, { error: 'must be like https://alerts.example.com/ops' }),
          ),
          'Where people reach the page: puts links into each message',
          { 'x-default': 'no links' },
        ),
        port: option(
          z.int().check(z.minimum(0), z.maximum(65_535)),
          'The hub serves the page on this port; 0 chooses a free one',
          { 'x-default': 'served only by `controlHandler`' },
        ),
        host: option(text(), 'Address to listen on', { default: defaults.controlHost }),
      }),
      'A page to acknowledge and silence alerts, opened from signed links in messages, and to see what fires',
    ),
  reload: () =>
    option(
      z
        .strictObject({
          file: option(
            text(),
            'Path of a JSON or YAML file. It may be changed in place, by a rename, or through a symbolic link',
          ),
          url: option(
            text().check(z.regex(/^https?:\/\//, { error: 'must start with https:// or http://' })),
            'HTTP address of the document, requested with its ETag',
          ),
          consul: option(
            text(),
            "Key in Consul's KV store: 'path/of/key' at CONSUL_HTTP_ADDR, or a full address with /v1/kv/. The token is read from CONSUL_HTTP_TOKEN",
          ),
          every: option(
            duration({ minMs: 100 }),
            'Time between two requests; Consul reports a change at once',
            {
              'x-default': `${defaults.reloadFileEvery} for a file, ${defaults.reloadUrlEvery} for an address`,
            },
          ),
        })
        .check(
          z.refine(
            ({ file, url, consul }) =>
              [file, url, consul].filter((place) => place !== undefined).length === 1,
            {
              error: 'must have exactly one of `file`, `url` and `consul`.',
            },
          ),
        ),
      'A document whose keys replace the same keys of these options, at start and after each change',
    ),
  metrics: () =>
    option(
      z.strictObject({
        port: option(
          z.int().check(z.minimum(0), z.maximum(65_535)),
          'Port of http://…/metrics; 0 chooses a free port',
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
          'Address, requested by GET at each interval as long as alerts can be delivered',
        ),
        every: option(duration({ minMs: 1000 }), 'Interval', { default: defaults.heartbeatEvery }),
      }),
      'Sends a request at each interval to a monitoring service, which raises an alarm if the requests stop',
    ),
  limits: () =>
    option(
      z.strictObject({
        alerts: option(z.int().check(z.minimum(1)), 'Maximum number of live alerts', {
          default: defaults.alerts,
        }),
        queue: option(
          z.int().check(z.minimum(1)),
          'Maximum number of notifications that wait for one channel',
          {
            default: defaults.queue,
          },
        ),
        contextBytes: option(
          z.int().check(z.minimum(1024)),
          'Memory for the log lines that `context` may show, in bytes',
          {
            default: defaults.contextBytes,
          },
        ),
      }),
      'Limits of memory',
    ),
  proxy: () =>
    secret(
      option(
        text().check(z.regex(/^https?:\/\/[^/]/i, { error: 'must be like http://proxy.example.com:3128' })),
        'Proxy of all requests and of mail: http://user:password@host:port. This machine, and what NO_PROXY names, is reached directly',
        { 'x-default': 'HTTPS_PROXY and HTTP_PROXY of the environment' },
      ),
    ),
  closeTimeout: () =>
    option(
      duration({ minMs: 1, atMost: '9s' }),
      'Maximum time that closing waits for pending notifications',
      { default: defaults.closeTimeout },
    ),
  runIn: () =>
    option(
      z.enum(['worker', 'process', 'inline']),
      'Where alerts are processed. worker: a worker thread; process: a separate process, which still sends after the application was killed; inline: the thread that logs',
      { default: defaults.runIn },
    ),
  crashes: () =>
    option(
      z.boolean(),
      'An error that ends the process without a log call becomes a critical alert. Behind a plain pino `target` only with `--import pino-alert-transport/register`',
      { default: true },
    ),
  handleSignals: () =>
    option(
      z.boolean(),
      'On SIGTERM or SIGINT, sends what is pending, then raises the signal again. Not possible in a plain pino `target`',
      { default: false },
    ),
  dryRun: () =>
    option(
      z.boolean(),
      'Decides as usual, but shows each message on stderr instead of sending it; needs no secrets',
      { default: false },
    ),
  strict: () =>
    option(z.boolean(), 'Throws if an option is wrong, also inside the worker', { default: false }),
})

/** Keys that editors and loggers add to the options; they are ignored. */
export const foreignKeys: ReadonlySet<string> = new Set(['$schema', '$context', 'pinoWillSendConfig'])

/** Options of which the valid keys are used even if another key of them is wrong. */
export const settings: ReadonlySet<string> = new Set([
  'trace',
  'wire',
  'context',
  'state',
  'control',
  'reload',
  'metrics',
  'heartbeat',
  'limits',
])

/** It may hold a password: a problem with it never repeats it. */
function redisUrl() {
  return secret(
    text().check(
      z.refine((value) => redisAddressProblem(value) === undefined, {
        error: ({ input }) => redisAddressProblem(String(input)),
      }),
    ),
  )
}

// ── `{ rotate, every, from }`: a group of recipients whose members take turns

const startWords =
  "a local time such as '2026-11-30T09:00', a day such as '2026-11-30', or a moment with its offset such as '2026-11-30T09:00:00+01:00'"

const members = once(() => z.array(z.union([text(), person()])).check(z.minLength(1)))

const rotation = once(() =>
  informed(
    z.strictObject({
      rotate: required(
        z.array(members()).check(z.minLength(1)),
        'Groups of people, each for one turn, in order; after the last group comes the first',
      ),
      every: required(
        duration({ minMs: 1 }),
        'Length of a turn. Turns of whole days start at the same time of the day in `timeZone`, whatever the clocks do; others have a fixed length',
      ),
      from: required(
        text().check(z.refine((value) => parseStart(value) !== undefined, { params: { must: startWords } })),
        "Start of a turn of the first group, in local time: '2026-11-30T09:00'",
      ),
      timeZone: option(timeZone(), 'Time zone of the turns', { 'x-default': 'that of the options' }),
    }),
    { title: 'rotation' },
  ),
)
