/**
 * The options that every channel takes, whatever its provider.
 */
import * as z from 'zod/mini'
import { lazily, once } from '../cache/lazy.ts'
import { option, required } from '../provider/schema.ts'
import { defaults, inWords, limitInWords } from './defaults.ts'
import { duration, locale, severity, text, texts, timeZone } from './fields.ts'
import { matches } from './match-schema.ts'
import { channelTimes } from './mute-shape.ts'

const positive = once(() => duration({ minMs: 1 }))
const byKind = (show: Parameters<typeof inWords>[0]) => ({ 'x-default': inWords(show) })

/** The keys that every channel takes, whatever its provider. */
export const channelShape = lazily({
  type: () => option(text(), 'Its provider', { 'x-default': "the channel's name" }),
  minSeverity: () =>
    option(
      severity(),
      'Tells only alerts at least this bad',
      byKind((kind) => kind.minSeverity),
    ),
  match: () =>
    option(
      matches(),
      'Tells only alerts of which this holds: rule, severity, code, service, env, labels, fields of the latest record',
    ),
  to: () =>
    option(texts().check(z.minLength(1)), 'Recipients: names of groups in `recipients`, or addresses'),
  after: () => option(duration(), 'Only what still fires after this long', { default: '0s' }),
  wait: () =>
    option(duration(), 'Collects this long before the first message; critical alerts do not wait', {
      default: defaults.wait,
    }),
  interval: () =>
    option(
      duration(),
      'Least time between two messages',
      byKind((kind) => String(kind.interval)),
    ),
  repeat: () =>
    option(
      z.union([duration(), z.literal(false)]),
      'Reminds after this long if it occurred again, each time after twice as long; false: never',
      { default: defaults.repeat },
    ),
  repeatMax: () => option(positive(), 'The longest time between reminders', { default: defaults.repeatMax }),
  sendResolved: () =>
    option(z.boolean(), 'Whether to tell that an alert ended', {
      'x-default': inWords(({ sendResolved }) =>
        sendResolved === 'always' ? 'true' : 'only alerts that were critical',
      ),
    }),
  max: () =>
    option(z.int().check(z.minimum(1)), 'Alerts shown in full per message; further ones get one line each', {
      default: defaults.max,
    }),
  limit: () =>
    option(
      z.array(
        z.strictObject({
          count: required(z.int().check(z.minimum(1)), 'How many messages'),
          per: required(positive(), 'The span of time in which they are counted'),
        }),
      ),
      'Quotas of messages; [] for none',
      byKind((kind) => limitInWords(kind.limit)),
    ),
  fallback: () => option(text(), 'The channel that takes over when this one refuses or its quota is gone'),
  schedules: () =>
    option(
      channelTimes(),
      'When it speaks; what would be told at other times is not, unless it occurs again',
    ),
  mentions: () =>
    option(
      z.strictObject({
        info: option(texts(), 'For what is only told'),
        warning: option(texts(), 'For warnings'),
        error: option(texts(), 'For errors'),
        critical: option(texts(), 'For what cannot wait'),
      }),
      "Whom to mention, by severity: names of groups in `recipients`, or the provider's own ids",
    ),
  format: () =>
    option(
      z.union([
        z.enum(['short', 'full']),
        z.strictObject({
          subject: option(text(), 'Subject, with {field} placeholders'),
          body: option(text(), 'Body, with {field} placeholders'),
        }),
      ]),
      'How much to say, or your own words',
      byKind((kind) => kind.format),
    ),
  timeout: () => option(positive(), 'The longest time one attempt may take', { default: defaults.timeout }),
  retryFor: () => option(duration(), 'Tries again for this long', { default: defaults.retryFor }),
  retry: () =>
    option(
      z.strictObject({
        first: option(
          positive(),
          'Delay before the second attempt',
          byKind((kind) => String(kind.retryFirst)),
        ),
        factor: option(z.number().check(z.minimum(1)), 'Each delay is this many times the one before', {
          default: defaults.retryFactor,
        }),
        max: option(positive(), 'The longest delay', { default: defaults.retryMax }),
      }),
      "Delays between attempts, where the provider's own hint does not say them",
    ),
  providerLimits: () =>
    option(
      z.strictObject({
        perSecond: option(z.number().check(z.positive()), 'Messages a second for one address'),
        perMinute: option(z.number().check(z.positive()), 'Messages a minute for one address'),
        maxBytes: option(z.int().check(z.minimum(200)), 'Longest message, in UTF-8 bytes'),
        maxChars: option(z.int().check(z.minimum(200)), 'Longest message, in UTF-16 units'),
      }),
      'What the provider takes, where that is not what docs/channels.md says: another plan, a server set up otherwise',
    ),
  locale: () => option(locale(), 'Language of its messages', { 'x-default': "the options' own" }),
  timeZone: () => option(timeZone(), 'Time zone of its messages', { 'x-default': "the options' own" }),
})
