/**
 * Amazon SNS, Publish of the Query API: a form, a SigV4 signature, XML answers. Checks signature, clock (15
 * minutes), target, subject, attributes and size. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */

import { readAuthorization, sigV4 } from '../fake/cloud-signature.ts'
import type { Answer, FakeRequest, View } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'
import { smsView } from '../fake/sms-view.ts'

/** The keys, the region and the only topic; blocked numbers have opted out. */
export interface SnsSettings {
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly topicArn: string
  readonly blocked: readonly string[]
}

const clockMs = 900_000
const maxBytes = 262_144
const maxSmsChars = 1600

const xml = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body,
})
const no = (status: number, code: string, message: string): Answer =>
  xml(
    status,
    `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>${message}</Message>\n  </Error>\n  <RequestId>inbox</RequestId>\n</ErrorResponse>\n`,
  )

const says: Record<Saying, Answer> = {
  refuse: no(403, 'AuthorizationError', 'User is not authorized to perform: SNS:Publish on resource'),
  'rate-limited': no(400, 'Throttling', 'Rate exceeded'),
  'too-long': no(400, 'InvalidParameter', 'Invalid parameter: Message too long'),
}

/** The fake Amazon SNS. */
export const sns = defineHttpFake<SnsSettings>({
  title: 'Amazon SNS',
  settings: {
    region: 'eu-central-1',
    accessKeyId: 'inbox-key',
    secretAccessKey: 'inbox-sns',
    topicArn: 'arn:aws:sns:eu-central-1:000000000000:alerts',
    blocked: [],
  },
  say: (what) => says[what],
  channel: (base, { region, accessKeyId, secretAccessKey, topicArn }) => ({
    region,
    accessKeyId,
    secretAccessKey,
    topicArn,
    endpoint: base,
  }),
  refusal: (request, context) =>
    rejectedBeforeFake(request, context) ?? refusedMessage(request, context.settings),
  accept: (_request, { sequence }) =>
    xml(
      200,
      `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">\n  <PublishResult>\n    <MessageId>00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}</MessageId>\n  </PublishResult>\n  <ResponseMetadata>\n    <RequestId>inbox</RequestId>\n  </ResponseMetadata>\n</PublishResponse>\n`,
    ),
  view,
})

function rejectedBeforeFake(
  request: FakeRequest,
  { settings, now }: FakeContext<SnsSettings>,
): Answer | undefined {
  if (request.path !== '/' || request.method !== 'POST') return no(404, 'InvalidAction', 'no such resource')
  const { scheme, parts } = readAuthorization(request.headers['authorization'])
  if (scheme !== 'AWS4-HMAC-SHA256')
    return no(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token')
  const [id, date, region, service] = (parts.get('Credential') ?? '').split('/')
  if (id !== settings.accessKeyId)
    return no(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  const at = request.headers['x-amz-date'] ?? ''
  const [, y, m, d, h, min, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(at) ?? []
  const sentAt = Date.parse(`${y}-${m}-${d}T${h}:${min}:${s}Z`)
  if (Number.isNaN(sentAt) || Math.abs(now() - sentAt) > clockMs)
    return no(403, 'SignatureDoesNotMatch', 'Signature expired')
  const names = parts.get('SignedHeaders') ?? ''
  const isWhole = ['host', 'x-amz-date'].every((name) => names.split(';').includes(name))
  const isInScope = date === at.slice(0, 8) && region === settings.region && service === 'sns'
  const signature = sigV4(request, names, settings.secretAccessKey, at, settings.region)
  return isWhole && isInScope && parts.get('Signature') === signature
    ? undefined
    : no(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided.',
      )
}

function refusedMessage(request: FakeRequest, settings: SnsSettings): Answer | undefined {
  const form = readForm(request)
  if (form.get('Action') !== 'Publish' || form.get('Version') !== '2010-03-31')
    return no(400, 'InvalidAction', 'The action is not valid for this web service.')
  const [topic, number] = [form.get('TopicArn'), form.get('PhoneNumber')]
  if ((topic === null) === (number === null))
    return no(400, 'InvalidParameter', 'Invalid parameter: TopicArn or PhoneNumber')
  if (topic !== null && topic !== settings.topicArn) return no(404, 'NotFound', 'Topic does not exist')
  const body = form.get('Message') ?? ''
  if (body === '') return no(400, 'InvalidParameter', 'Invalid parameter: Empty message')
  if (request.raw.length === 0 || Buffer.byteLength(body) > maxBytes) return says['too-long']
  const subject = form.get('Subject')
  if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject))
    return no(400, 'InvalidParameter', 'Invalid parameter: Subject')
  if (number === null) return undefined
  if (!/^\+[1-9]\d{6,14}$/.test(number)) return no(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber')
  if (body.length > maxSmsChars) return says['too-long']
  return settings.blocked.includes(number) ? no(400, 'OptedOut', 'Phone number is opted out') : undefined
}

function view(request: FakeRequest): View {
  const form = readForm(request)
  const [subject, number, text] = [form.get('Subject'), form.get('PhoneNumber'), form.get('Message') ?? '']
  if (number !== null) return smsView(request, text, [number], maxSmsChars)
  return {
    ...(subject !== null && { subject }),
    text,
    mentions: [],
    bytes: request.raw.length,
    size: Buffer.byteLength(text),
    limit: maxBytes,
    unit: 'bytes',
    notes: [],
  }
}
