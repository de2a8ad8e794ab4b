/**
 * Tencent Cloud SMS, SendSms: always HTTP 200, with an `Error` or a code for each number. Checks the TC3
 * signature, the clock (5 minutes), application, signature name, template and the number of its variables.
 * https://cloud.tencent.com/document/api/382/55981
 */

import { readAuthorization, tc3 } from '../fake/cloud-signature.ts'
import type { Answer, FakeRequest } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { asList, asObject, asText, isTextList } from '../fake/json.ts'
import { smsView } from '../fake/sms-view.ts'

/**
 * The keys, the approved names, and how many variables the template has; blocked numbers are on a black list.
 */
export interface TencentSmsSettings {
  readonly secretId: string
  readonly secretKey: string
  readonly sdkAppId: string
  readonly signName: string
  readonly templateId: string
  readonly variables: number
  readonly blocked: readonly string[]
}

const clockSeconds = 300
const maxNumbers = 200

const respond = (content: object): Answer =>
  jsonAnswer(200, { Response: { ...content, RequestId: '00000000-0000-4000-8000-000000000000' } })
const no = (Code: string, Message: string): Answer => respond({ Error: { Code, Message } })
const statusOf = (number: string, Code: string, Message: string) => ({
  SerialNo: Code === 'Ok' ? `5000:${number}` : '',
  PhoneNumber: number,
  Fee: Code === 'Ok' ? 1 : 0,
  SessionContext: '',
  Code,
  Message,
  IsoCode: '',
})
const each = (numbers: readonly string[], code: string, message: string): Answer =>
  respond({ SendStatusSet: numbers.map((number) => statusOf(number, code, message)) })

/** The fake Tencent Cloud SMS. */
export const tencentSms = defineHttpFake<TencentSmsSettings>({
  title: 'Tencent Cloud SMS',
  settings: {
    secretId: 'inbox-id',
    secretKey: 'inbox-tencent',
    sdkAppId: '1400006666',
    signName: '收件箱',
    templateId: '1234',
    variables: 2,
    blocked: [],
  },
  say: (what, request) => {
    const numbers = numbersOf(request)
    if (what === 'rate-limited')
      return each(
        numbers,
        'LimitExceeded.PhoneNumberThirtySecondLimit',
        'the frequency of this number exceeds the limit',
      )
    return what === 'refuse'
      ? each(numbers, 'FailedOperation.TemplateIncorrectOrUnapproved', 'template is not approved')
      : each(numbers, 'InvalidParameterValue.ContentLengthLimit', 'the content is too long')
  },
  channel: (base, { secretId, secretKey, sdkAppId, signName, templateId }) => ({
    secretId,
    secretKey,
    sdkAppId,
    signName,
    templateId,
    params: ['subject', 'text'],
    to: ['+8613900000000'],
    endpoint: base,
  }),
  refusal,
  accept: (request, { settings }) =>
    respond({
      SendStatusSet: numbersOf(request).map((number) =>
        settings.blocked.includes(number)
          ? statusOf(number, 'FailedOperation.PhoneNumberInBlacklist', 'the number is in the blacklist')
          : statusOf(number, 'Ok', 'send success'),
      ),
    }),
  view: (request) => {
    const { SignName: name, TemplateParamSet: variables } = asObject(request.json)
    const text = [
      `【${asText(name)}】`,
      ...asList(variables).map((value, index) => `{${index + 1}} ${asText(value)}`),
    ]
    return smsView(request, text.join('\n'), numbersOf(request))
  },
})

const numbersOf = (request: FakeRequest): string[] =>
  asList(asObject(request.json)['PhoneNumberSet']).map(asText)

function refusal(request: FakeRequest, context: FakeContext<TencentSmsSettings>): Answer | undefined {
  return rejectedBeforeFake(request, context) ?? refusedMessage(request, context.settings)
}

function rejectedBeforeFake(
  request: FakeRequest,
  { settings, now }: FakeContext<TencentSmsSettings>,
): Answer | undefined {
  const { headers } = request
  if (request.path !== '/' || request.method !== 'POST') return { status: 404, body: '' }
  if (headers['x-tc-action'] !== 'SendSms') return no('InvalidAction', 'The action does not exist.')
  if (headers['x-tc-version'] !== '2021-01-11') return no('NoSuchVersion', 'The version does not exist.')
  const seconds = Number(headers['x-tc-timestamp'])
  const { scheme, parts } = readAuthorization(headers['authorization'])
  const [id, date] = (parts.get('Credential') ?? '').split('/')
  if (scheme !== 'TC3-HMAC-SHA256' || !Number.isInteger(seconds))
    return no('AuthFailure.InvalidAuthorization', 'The Authorization header is invalid.')
  if (id !== settings.secretId) return no('AuthFailure.SecretIdNotFound', 'The SecretId is not found.')
  if (
    Math.abs(now() / 1000 - seconds) > clockSeconds ||
    date !== new Date(seconds * 1000).toISOString().slice(0, 10)
  )
    return no('AuthFailure.SignatureExpire', 'The signature expired.')
  const names = parts.get('SignedHeaders') ?? ''
  const isWhole = ['content-type', 'host'].every((name) => names.split(';').includes(name))
  if (!isWhole || parts.get('Signature') !== tc3(request, names, settings.secretKey, seconds))
    return no('AuthFailure.SignatureFailure', 'The provided credentials could not be validated.')
  return undefined
}

function refusedMessage(request: FakeRequest, settings: TencentSmsSettings): Answer | undefined {
  const body = asObject(request.json)
  const { PhoneNumberSet: numbers, TemplateParamSet: variables } = body
  if (!isTextList(numbers) || numbers.length === 0)
    return no('MissingParameter', 'PhoneNumberSet is missing.')
  if (numbers.length > maxNumbers) return no('LimitExceeded.PhoneNumberCountLimit', 'more than 200 numbers')
  if (!numbers.every((number) => /^\+[1-9]\d{6,14}$/.test(number)))
    return each(numbers, 'InvalidParameterValue.IncorrectPhoneNumber', 'incorrect phone number')
  if (body['SmsSdkAppId'] !== settings.sdkAppId)
    return no('UnauthorizedOperation.SmsSdkAppIdVerifyFail', 'SmsSdkAppId is not verified.')
  if (body['SignName'] !== settings.signName)
    return each(numbers, 'FailedOperation.SignatureIncorrectOrUnapproved', 'signature is not approved')
  if (body['TemplateId'] !== settings.templateId)
    return each(numbers, 'FailedOperation.TemplateIncorrectOrUnapproved', 'template is not approved')
  if (!isTextList(variables) || variables.length !== settings.variables)
    return each(
      numbers,
      'InvalidParameterValue.TemplateParameterFormatError',
      'template variables do not fit',
    )
  const areAllBlocked = numbers.every((number) => settings.blocked.includes(number))
  return areAllBlocked
    ? each(numbers, 'FailedOperation.PhoneNumberInBlacklist', 'the number is in the blacklist')
    : undefined
}
