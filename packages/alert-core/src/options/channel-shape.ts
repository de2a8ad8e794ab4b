/**
 * The options that every channel takes, whatever its provider.
 */

import { lazily, once } from '../cache/lazy.ts'
import * as z from '../provider/light-zod.ts'
import { option, required } from '../provider/schema.ts'
import { isTimeOfDay, isWeekdays } from '../time/daily.ts'
import { defaults, inWords, limitInWords } from './defaults.ts'
import { duration, locale, severity, text, texts, timeZone } from './fields.ts'
import { matches } from './match-schema.ts'
import { channelTimes } from './mute-shape.ts'

const positive = once(() => duration({ minMs: 1 }))
const byKind = (show: Parameters<typeof inWords>[0]) => ({ 'x-default': inWords(show) })

/** The options that every channel takes. */
export const channelShape = lazily({
  type: () => option(text(), 'Provider of the channel', { 'x-default': "the channel's name" }),
  minSeverity: () =>
    option(
      severity(),
      'Sends only alerts of at least this severity',
      byKind((kind) => kind.minSeverity),
    ),
  match: () =>
    option(
      matches(),
      'Sends only alerts that match, by rule, severity, code, service, env, labels, or fields of the latest record',
    ),
  to: () =>
    option(
      z.union([text(), texts().check(z.minLength(1))]),
      'Recipients: names of groups in `recipients`, or addresses',
    ),
  after: () =>
    option(duration(), 'Sends only alerts that still fire this long after they started', { default: '0s' }),
  wait: () =>
    option(duration(), 'Time to collect alerts before the first message; critical alerts do not wait', {
      default: defaults.wait,
    }),
  interval: () =>
    option(
      duration(),
      'Minimum time between two messages',
      byKind((kind) => String(kind.interval)),
    ),
  repeat: () =>
    option(
      z.union([duration(), z.literal(false)]),
      'Time until a reminder, which is sent only if the alert occurred again. The time doubles with each reminder; false: no reminders',
      { default: defaults.repeat },
    ),
  repeatMax: () => option(positive(), 'Maximum time between two reminders', { default: defaults.repeatMax }),
  sendResolved: () =>
    option(z.boolean(), 'Whether to send a message when an alert is resolved', {
      'x-default': inWords(({ sendResolved }) =>
        sendResolved === 'always' ? 'true' : 'only alerts that were critical',
      ),
    }),
  digest: () =>
    option(
      z.strictObject({
        at: required(
          text().check(z.refine(isTimeOfDay, { params: { must: "a time of day such as '09:00'" } })),
          "Time of day in the channel's zone: '09:00'",
        ),
        days: option(
          z
            .array(
              text().check(
                z.refine(isWeekdays, {
                  params: { must: "a day of the week such as 'monday', or days such as 'monday:friday'" },
                }),
              ),
            )
            .check(z.minLength(1)),
          "Days of the week: ['monday:friday']",
          { 'x-default': 'every day' },
        ),
        quiet: option(z.boolean(), 'Sends it also if there was no alert', { default: false }),
        only: option(z.boolean(), 'Sends nothing but digests', { default: false }),
      }),
      'One summary a day of what happened since the last: new alerts, those that still fire, those that were resolved, the most frequent, and what was not sent and why. Not for SMS and incident channels',
      { 'x-default': 'none' },
    ),
  max: () =>
    option(
      z.int().check(z.minimum(1)),
      'Maximum number of alerts shown in full in one message; each further alert gets one line',
      {
        default: defaults.max,
      },
    ),
  limit: () =>
    option(
      z.array(
        z.strictObject({
          count: required(z.int().check(z.minimum(1)), 'Maximum number of messages'),
          per: required(positive(), 'Period in which they are counted'),
        }),
      ),
      'Quotas of messages; [] for no quota',
      byKind((kind) => limitInWords(kind.limit)),
    ),
  fallback: () => option(text(), 'Channel that takes over if this one fails or its quota is exhausted'),
  schedules: () =>
    option(
      channelTimes(),
      'When the channel is active. An alert outside these times is sent later only if it occurs again',
    ),
  mentions: () =>
    option(
      z.strictObject({
        info: option(texts(), 'For alerts of severity info'),
        warning: option(texts(), 'For alerts of severity warning'),
        error: option(texts(), 'For alerts of severity error'),
        critical: option(texts(), 'For alerts of severity critical'),
      }),
      "Whom to mention, by severity: names of groups in `recipients`, or the provider's own ids",
    ),
  format: () =>
    option(
      z.union([
        z.enum(['short', 'full']),
        z.strictObject({
          subject: option(text(), 'Template of the subject, with {field} placeholders'),
          body: option(text(), 'Template of the body, with {field} placeholders'),
        }),
      ]),
      'How much to show, or templates of your own',
      byKind((kind) => kind.format),
    ),
  timeout: () => option(positive(), 'Maximum time of one attempt', { default: defaults.timeout }),
  retryFor: () =>
    option(duration(), 'Time for which a failed message is retried', { default: defaults.retryFor }),
  retry: () =>
    option(
      z.strictObject({
        first: option(
          positive(),
          'Delay before the second attempt',
          byKind((kind) => String(kind.retryFirst)),
        ),
        factor: option(z.number().check(z.minimum(1)), 'Factor by which each delay grows', {
          default: defaults.retryFactor,
        }),
        max: option(positive(), 'Maximum delay', { default: defaults.retryMax }),
      }),
      'Delays between attempts, used if the provider does not answer with a delay',
    ),
  providerLimits: () =>
    option(
      z.strictObject({
        perSecond: option(
          z.number().check(z.positive()),
          'Maximum number of messages per second to one address',
        ),
        perMinute: option(
          z.number().check(z.positive()),
          'Maximum number of messages per minute to one address',
        ),
        maxBytes: option(z.int().check(z.minimum(200)), 'Maximum size of a message, in UTF-8 bytes'),
        maxChars: option(z.int().check(z.minimum(200)), 'Maximum length of a message, in UTF-16 units'),
      }),
      'Limits of the provider, if yours are not those in docs/channels.md: another plan, or a server of your own',
    ),
  locale: () => option(locale(), 'Language of its messages', { 'x-default': 'that of the options' }),
  timeZone: () => option(timeZone(), 'Time zone of its messages', { 'x-default': 'that of the options' }),
})
