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
import { changeJson, dropHeader, editHeader, setHeader } from '../wire.ts'

const secrets = {
  tencentSms: 'key-of-the-tencent-suite',
} as const

const tencentErrorReply = (Code: string): Reply =>
  JSON.stringify({ Response: { Error: { Code, Message: '' } } })
const tencentReply = (Code: string): Reply => JSON.stringify({ Response: { SendStatusSet: [{ Code }] } })
const phone = ['+8613900000000']

export const tencentSms: ProviderRow = {
  secrets,
  settings: { secretKey: secrets.tencentSms, variables: 3 },
  options: ({ channels }) => ({
    ...withoutOption(channels['tencent-sms'], 'to'),
    params: ['subject', 'text', '{headline} and {others} more'],
    maxVariable: 60,
  }),
  to: ['+8613900000000'],
  sees: template,
  remote: {
    ...neverTooLong,
    throttled: inOwnWords(30_000),
    passing: [
      ...httpPassing,
      { status: 200, body: '{"Response":{"Error":{"Code":"InternalError","Message":"busy"}}}' },
    ],
    no: saysNo('{"Response":{"SendStatusSet":[]}}'),
    badCredentials: withOther({ secretKey: 'another' }),
  },
  check: {
    right: {
      secretId: 'a',
      secretKey: 'b',
      sdkAppId: '1400006666',
      templateId: '1234',
      params: ['headline'],
      to: ['+8613900000000'],
    },
    missing: [/^secretId: /, /^secretKey: /, /^sdkAppId: /, /^templateId: /],
    wrong: [
      [{ sdkAppId: 'app' }, /^sdkAppId: must be the SdkAppId, digits/],
      [{ templateId: 'SMS_1' }, /^templateId: must be the id of an approved template, digits/],
      [{ params: ['titel'] }, /^params.*0.*: must be a field of the alert/],
      [{ to: ['139 0000 0000'] }, /^to.*: .*\+.*country/],
    ],
  },
  replies: [
    {
      options: { secretId: 'a', secretKey: 'b', sdkAppId: '1400006666', templateId: '1' },
      to: phone,
      replies: [
        [tencentReply('Ok'), 'delivered'],
        [tencentReply('LimitExceeded.PhoneNumberThirtySecondLimit'), 'retry 30'],
        [tencentReply('LimitExceeded.PhoneNumberOneHourLimit'), 'retry 3600'],
        [tencentReply('LimitExceeded.PhoneNumberDailyLimit'), 'retry 3600'],
        [tencentReply('LimitExceeded.PhoneNumberSameContentDailyLimit'), 'retry 3600'],
        [tencentReply('LimitExceeded.DeliveryFrequencyLimit'), 'retry'],
        [tencentErrorReply('AuthFailure.SignatureFailure'), 'lasting'],
        [tencentErrorReply('AuthFailure.SignatureExpire'), 'lasting'],
        [tencentErrorReply('UnauthorizedOperation.SmsSdkAppIdVerifyFail'), 'lasting'],
        [tencentReply('FailedOperation.TemplateIncorrectOrUnapproved'), 'lasting'],
        [tencentReply('FailedOperation.SignatureIncorrectOrUnapproved'), 'lasting'],
        [tencentReply('FailedOperation.InsufficientBalanceInSmsPackage'), 'lasting'],
        [tencentReply('FailedOperation.PhoneNumberInBlacklist'), 'failed'],
        [tencentReply('InvalidParameterValue.IncorrectPhoneNumber'), 'failed'],
        [tencentErrorReply('InternalError.Timeout'), 'retry'],
        [tencentErrorReply('RequestLimitExceeded'), 'retry'],
      ],
    },
  ],
  refuses: {
    to: phone,
    requests: [
      ['another action', setHeader('x-tc-action', 'PullSms'), 200, 'InvalidAction'],
      ['another version', setHeader('x-tc-version', '2019-07-11'), 200, 'NoSuchVersion'],
      ['a body that was not signed', changeJson({ SmsSdkAppId: '1' }), 200, 'AuthFailure.SignatureFailure'],
      ['another key', editHeader('authorization', 'inbox-id', 'other'), 200, 'AuthFailure.SecretIdNotFound'],
      ['no signature', dropHeader('authorization'), 200, 'AuthFailure.InvalidAuthorization'],
    ],
  },
  pictures: [
    [
      { PhoneNumberSet: ['+86138'], SignName: 'Ops', TemplateId: '7', TemplateParamSet: ['down'] },
      { dt: '{1}', dd: 'down' },
    ],
  ],
}
