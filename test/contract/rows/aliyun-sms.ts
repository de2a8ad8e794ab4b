import {
  httpPassing,
  inOwnWords,
  neverTooLong,
  saysNo,
  template,
  withOther,
  withoutOption,
} from '../behaviours.ts'
import type { ProviderRow, Reply } from '../row.ts'
import { each, form } from '../said.ts'
import { dropHeader, editHeader, setBody, setHeader, setUrl } from '../wire.ts'

const secrets = {
  aliyunSms: 'secret-of-the-aliyun-suite',
} as const

const aliyunReply = (Code: string, Message = ''): Reply => JSON.stringify({ Code, Message })
const phone = ['+8613900000000']

export const aliyunSms: ProviderRow = {
  secrets,
  settings: { accessKeySecret: secrets.aliyunSms, variables: ['what'] },
  options: ({ channels }) => ({
    ...withoutOption(channels['aliyun-sms'], 'to'),
    params: { service: 'subject', what: 'text', title: 'headline', rest: 'and {others} more' },
  }),
  to: ['+8613900000000'],
  sees: template,
  remote: {
    ...neverTooLong,
    throttled: inOwnWords(60_000),
    passing: [...httpPassing, { status: 200, body: '{"Code":"isp.SYSTEM_ERROR","Message":"busy"}' }],
    no: saysNo('{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'),
    badCredentials: withOther({ accessKeySecret: 'another' }),
  },
  others: {
    'aliyun-sms by the older signature': {
      options: ({ channels }) => ({
        ...withoutOption(channels['aliyun-sms'], 'to'),
        params: { service: 'subject', what: 'text', title: 'headline', rest: 'and {others} more' },
        signature: 'rpc',
      }),
      to: ['+8613900000000'],
      sees: template,
      remote: {
        ...neverTooLong,
        throttled: inOwnWords(60_000),
        no: saysNo('{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}'),
        badCredentials: withOther({ accessKeySecret: 'another' }),
      },
    },
  },
  check: {
    right: {
      accessKeyId: 'a',
      accessKeySecret: 'b',
      signName: 'c',
      templateCode: 'SMS_1',
      params: { what: 'headline' },
      to: ['+8613900000000'],
    },
    missing: [/^accessKeyId: /, /^accessKeySecret: /, /^signName: /, /^templateCode: /],
    wrong: [
      [{ templateCode: '1530' }, /^templateCode: must be the code of an approved template, such as/],
      [{ params: { what: 'titel' } }, /^params\.what: must be a field of the alert.*fields are subject/],
      [{ params: { what: 'no {fild}' } }, /^params\.what: must be a field of the alert/],
      [{ to: ['13900000000'] }, /^to.*: .*\+.*country/],
    ],
  },
  replies: [
    {
      options: { accessKeyId: 'a', accessKeySecret: 'b', signName: 'c', templateCode: 'SMS_1' },
      to: phone,
      replies: [
        [aliyunReply('OK'), 'delivered'],
        [aliyunReply('isp.SYSTEM_ERROR'), 'retry'],
        [[400, JSON.stringify({ Code: 'Throttling.User' })], 'retry'],
        [aliyunReply('isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1'), 'retry 60'],
        [aliyunReply('isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5'), 'retry 3600'],
        [aliyunReply('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:10'), 'retry 3600'],
        [aliyunReply('isv.DAY_LIMIT_CONTROL'), 'retry 3600'],
        [aliyunReply('isv.MONTH_LIMIT_CONTROL'), 'retry 3600'],
        ...['SMS_TEMPLATE_ILLEGAL', 'SMS_SIGNATURE_ILLEGAL', 'OUT_OF_SERVICE', 'AMOUNT_NOT_ENOUGH'].map(
          (word) => [aliyunReply(`isv.${word}`), 'lasting'] as const,
        ),
        ...[
          'MOBILE_NUMBER_ILLEGAL',
          'TEMPLATE_MISSING_PARAMETERS',
          'INVALID_JSON_PARAM',
          'PARAM_LENGTH_LIMIT',
          'PARAM_NOT_SUPPORT_URL',
          'BLACK_KEY_CONTROL_LIMIT',
        ].map((word) => [aliyunReply(`isv.${word}`), 'failed'] as const),
        [[400, JSON.stringify({ Code: 'SignatureDoesNotMatch' })], 'lasting'],
        [[404, JSON.stringify({ Code: 'InvalidAccessKeyId.NotFound' })], 'lasting'],
        [[400, JSON.stringify({ Code: 'SignatureNonceUsed' })], 'retry'],
        ...each([500, 503], 'retry'),
      ],
    },
  ],
  refuses: {
    to: phone,
    requests: [
      ['another action', setHeader('x-acs-action', 'QuerySms'), 404, 'InvalidAction.NotFound'],
      ['a body that was not signed', setBody('x=1'), 400, 'SignatureDoesNotMatch'],
      ['a query that was not signed', setUrl(/139\d{8}/, '13800000000'), 400, 'SignatureDoesNotMatch'],
      [
        'a header that was not signed',
        setHeader('x-acs-security-token', 'another'),
        400,
        'SignatureDoesNotMatch',
      ],
      ['no nonce', dropHeader('x-acs-signature-nonce'), 400, 'MissingSignatureNonce'],
      ['another key', editHeader('authorization', 'inbox-key', 'other'), 404, 'InvalidAccessKeyId.NotFound'],
      ['the old scheme', setHeader('authorization', 'HMAC-SHA1 x'), 400, 'IncompleteSignature'],
      ['a time of another shape', setHeader('x-acs-date', '1700000000'), 400, 'InvalidTimeStamp.Format'],
    ],
  },
  pictures: [
    [
      form({ PhoneNumbers: '138', SignName: 'Ops', TemplateCode: 'SMS_1', TemplateParam: '{"what":"down"}' }),
      { '.phone-to': '【Ops】 → 138', dd: 'down' },
    ],
  ],
}
