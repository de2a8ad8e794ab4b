/**
 * Amazon SNS, Publish of the Query API: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. To a
 * topic, or as text messages to numbers. The answer is XML; a MessageId in it is success.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { writePlain } from '../provider/markup.ts'
import { endpoint } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, type SendContext, secret } from '../provider/provider.ts'
import { amzDate, encodeForm, signSigV4 } from '../provider/request-signature.ts'
import { option, preset, required } from '../provider/schema.ts'
import { fitSms, splitNumbers } from '../provider/sms-text.ts'
import { cutChars } from '../text/text.ts'

/** Of a message, 262 144 in all with its attributes. */
const maxBytes = 250_000
const contentType = 'application/x-www-form-urlencoded; charset=utf-8'
const defaultEndpoint = 'https://sns.{region}.amazonaws.com'
/** Of the partitions that have their own, by how their regions begin. */
const domains = {
  'cn-': 'amazonaws.com.cn',
  'eusc-': 'amazonaws.eu',
  'us-iso-': 'c2s.ic.gov',
  'us-isob-': 'sc2s.sgov.gov',
  'eu-isoe-': 'cloud.adc-e.uk',
  'us-isof-': 'csp.hci.ic.gov',
}
const passing = /^(?:Throttl|InternalError|InternalFailure|ServiceUnavailable|KMSThrottling|RequestThrottled)/
const tooLong = /too long|length|exceeds/i

const options = () =>
  z.object({
    region: required(
      z.string().check(z.regex(/^[a-z]{2,4}(?:-[a-z]+)+-\d$/, "must be a region such as 'eu-central-1'")),
      'Region of the topic or of the numbers',
    ),
    accessKeyId: required(z.string().check(z.minLength(1)), 'Access key that may publish'),
    secretAccessKey: secret(required(z.string().check(z.minLength(1)), 'Secret of the access key')),
    sessionToken: secret(option(z.string().check(z.minLength(1)), 'Token of temporary credentials')),
    topicArn: option(
      z
        .string()
        .check(
          z.regex(
            /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(?:\.fifo)?$/,
            'must be the ARN of a topic: arn:aws:sns:…',
          ),
        ),
      'Topic to publish to; without it, text messages go to the numbers in `to`',
    ),
    maxSegments: preset(
      z.int().check(z.minimum(1), z.maximum(10)),
      1,
      'Segments that one text message may take and cost',
    ),
    endpoint: endpoint(
      defaultEndpoint,
      'Where the API is; {region} is filled in, and for China and other partitions their own domain',
      Object.values(domains),
    ),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Amazon SNS',
  kind: 'sms',
  options,
  limits: { maxBytes },
  supports: {
    size: 'the message; a text within `maxSegments`',
    success: '`MessageId`',
    hint: '`Throttling…` in a 400: backs off',
    resolve: 'a message',
    dedup: '`MessageDeduplicationId` (FIFO topics)',
  },
  reachesPeople: ({ topicArn }) => topicArn === undefined,
  open(settings) {
    const url = addressOf(settings)
    const sender = createHttpSender({
      urls: [url],
      secrets: [settings.secretAccessKey, settings.sessionToken ?? ''],
      write: (message, context) => writeRequest(new URL(url), message, context, settings),
      toReceipt,
    })
    const toTopic = (message: Message) => [{ key: 'topic', message }]
    return inPieces(sender, { split: settings.topicArn ? toTopic : splitNumbers, need: 'some' })
  },
})

/** With a slash at its end. https://docs.aws.amazon.com/general/latest/gr/rande.html */
function addressOf({ endpoint, region }: Options): string {
  const [, domain] = Object.entries(domains).find(([start]) => region.startsWith(start)) ?? []
  const isOwn = endpoint === defaultEndpoint && domain !== undefined
  const address = isOwn ? endpoint.replace('amazonaws.com', domain) : endpoint
  return `${address.replaceAll('{region}', region).replace(/\/+$/, '')}/`
}

function writeRequest(
  { host, pathname: path }: URL,
  message: Message,
  { now, fit }: SendContext,
  settings: Options,
) {
  const { region, accessKeyId, secretAccessKey, sessionToken, topicArn, maxSegments } = settings
  const target = topicArn
    ? publishToTopic(topicArn, message, fit)
    : { PhoneNumber: message.to[0] ?? '', Message: fitSms(message, fit, maxSegments), ...transactional }
  const body = encodeForm({ Action: 'Publish', Version: '2010-03-31', ...target })
  // Read once: the signature must have the same second as the headers.
  const timestampMs = now()
  const headers = {
    'content-type': contentType,
    'x-amz-date': amzDate(timestampMs),
    ...(sessionToken && { 'x-amz-security-token': sessionToken }),
  }
  const signed = { path, headers: { ...headers, host }, body }
  const keys = { id: accessKeyId, secret: secretAccessKey }
  const authorization = signSigV4(signed, keys, { service: 'sns', region, timestampMs })
  return { headers: { ...headers, authorization }, body }
}

const transactional = attributes({ 'AWS.SNS.SMS.SMSType': 'Transactional' })

function publishToTopic(topicArn: string, message: Message, fit: SendContext['fit']): Record<string, string> {
  const { id, severity, reason, channel } = message
  const fifo = {
    MessageGroupId: 'alerts',
    MessageDeduplicationId: cutChars(id.replace(/[^\w-]/g, '-'), 128, ''),
  }
  return {
    TopicArn: topicArn,
    Message: fit(writePlain, { maxBytes }) || '-',
    Subject: toAscii(message.subject),
    ...attributes({ severity, reason, channel }),
    ...(topicArn.endsWith('.fifo') && fifo),
  }
}

/** Subscriptions filter by these. */
function attributes(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value], index) => {
      const entry = `MessageAttributes.entry.${index + 1}`
      return [
        [`${entry}.Name`, name],
        [`${entry}.Value.DataType`, 'String'],
        [`${entry}.Value.StringValue`, value],
      ]
    }),
  )
}

/** A subject is at most 100 characters of ASCII, and the mails of a topic show nothing else. */
function toAscii(text: string): string {
  return cutChars(
    text
      .replaceAll('×', 'x')
      .replace(/[^\x20-\x7e]+/g, '?')
      .trim() || 'alert',
    100,
    '...',
  )
}

/** https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html; throttling comes as a 400. */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status === 'delivered')
    return /<MessageId>[^<]+<\/MessageId>/.test(reply.text) ? byStatus : failUnknown(reply, 'Amazon SNS')
  const [, code] = /<Code>([^<]{1,100})<\/Code>/.exec(reply.text) ?? []
  if (code === undefined || byStatus.status === 'retry') return byStatus
  const [, said = ''] = /<Message>([^<]{0,1000})<\/Message>/.exec(reply.text) ?? []
  const why = `Amazon SNS answered ${reply.status} ${quote(code)}: ${quote(said)}`
  if (passing.test(code)) return { status: 'retry', why, httpStatus: reply.status }
  const isTooLong = code === 'InvalidParameter' && tooLong.test(said)
  return { ...byStatus, why, ...(isTooLong && { tooLong: true }) }
}
