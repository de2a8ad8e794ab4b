import { httpPassing, neverTooLong, retryAfter, saysNo, withOther } from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { form, https } from '../said.ts'
import { changeForm, dropHeader, editHeader, formOf } from '../wire.ts'

const secrets = {
  sns: 'secret-of-the-sns-suite',
} as const

const snsReply = (status: number, code: string, message = ''): Reply => [
  status,
  `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
]

export const sns: ProviderRow = {
  secrets,
  settings: { secretAccessKey: secrets.sns },
  remote: {
    ...neverTooLong,
    throttled: retryAfter(30),
    passing: [...httpPassing, 'rate-limited'],
    no: saysNo('<PublishResponse/>'),
    tooLong: 'too-long',
    badCredentials: withOther({ secretAccessKey: 'another' }),
  },
  check: {
    right: { region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b', to: ['+15005550001'] },
    missing: [/^region: /, /^accessKeyId: /, /^secretAccessKey: /],
    wrong: [
      [{ region: 'Frankfurt' }, /^region: must be a region such as 'eu-central-1'/],
      [{ topicArn: 'alerts' }, /^topicArn: must be the ARN of a topic: arn:aws:sns/],
      [{ endpoint: 'http://sns.eu-central-1.amazonaws.com' }, `endpoint: ${https}`],
      [{ to: undefined }, /^to: /],
    ],
  },
  replies: [
    {
      options: { region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b' },
      to: ['+15005550001'],
      replies: [
        ['<PublishResponse><MessageId>1</MessageId></PublishResponse>', 'delivered'],
        [snsReply(400, 'Throttling', 'Rate exceeded'), 'retry'],
        [snsReply(500, 'InternalError'), 'retry'],
        [snsReply(403, 'AuthorizationError'), 'failed'],
        [snsReply(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber'), 'failed'],
        [snsReply(400, 'InvalidParameter', 'Invalid parameter: Message too long'), 'too long'],
        [snsReply(404, 'NotFound'), 'failed'],
        [snsReply(400, 'EndpointDisabled'), 'failed'],
      ],
    },
  ],
  refuses: {
    requests: [
      ['no signature', dropHeader('authorization'), 403, 'MissingAuthenticationToken'],
      ['another key', editHeader('authorization', 'inbox-key', 'other'), 403, 'InvalidClientTokenId'],
      [
        'a scope of another region',
        editHeader('authorization', 'eu-central-1', 'us-east-1'),
        403,
        'SignatureDoesNotMatch',
      ],
      ['a body that was not signed', changeForm({ Message: 'another' }), 403, 'SignatureDoesNotMatch'],
    ],
  },
  pictures: [
    [
      form({ Action: 'Publish', PhoneNumber: '+1', Message: `${'a'.repeat(70)}中` }),
      { '.segments': '2 segments · UCS-2 · 71 characters · not in the GSM alphabet: 中' },
    ],
  ],
  keyOf: (received) => formOf(received).get('MessageDeduplicationId'),
}
