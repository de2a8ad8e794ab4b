/**
 * Tencent Cloud SMS, SendSms of 2021-01-11: https://cloud.tencent.com/document/api/382/55981. Only an
 * approved template can be sent, so a text is its variables, in order. HTTP is 200 even for errors; success
 * is a `Code` Ok for the number.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { signTc3 } from '../provider/request-signature.ts'
import { option, preset, required } from '../provider/schema.ts'
import { splitNumbers } from '../provider/sms-text.ts'
import { fillVariable, templateField } from '../provider/template-fields.ts'
import { isObject } from '../text/get-path.ts'

const contentType = 'application/json; charset=utf-8'
const hourMs = 3_600_000

const options = () =>
  z.object({
    secretId: required(z.string().check(z.minLength(1)), 'SecretId of a user that may send text messages'),
    secretKey: secret(required(z.string().check(z.minLength(1)), 'SecretKey')),
    token: secret(option(z.string().check(z.minLength(1)), 'Token of temporary credentials (STS)')),
    sdkAppId: required(
      z.string().check(z.regex(/^\d{8,12}$/, "must be the SdkAppId, digits such as '1400006666'")),
      'SdkAppId',
    ),
    signName: option(z.string(), 'Approved signature, without its brackets; not needed abroad'),
    templateId: required(
      z.string().check(z.regex(/^\d+$/, 'must be the id of an approved template, digits')),
      'Template id',
    ),
    params: preset(
      z.array(templateField()),
      [],
      "The template's variables {1}, {2} … in order, each a field of the alert or a text with {field}",
    ),
    maxVariable: preset(
      z.int().check(z.minimum(1)),
      35,
      'Characters that one variable may hold; longer ones are cut',
    ),
    region: preset(z.string().check(z.minLength(1)), 'ap-guangzhou', 'Region of the service'),
    endpoint: endpoint('https://sms.tencentcloudapi.com', 'Where the API is'),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Tencent Cloud SMS',
  kind: 'sms',
  options,
  limits: {},
  supports: {
    size: 'a variable, 35 characters (`maxVariable`)',
    success: '`Code: Ok` for the number',
    hint: '`LimitExceeded.…`: 30 s or 1 h',
    resolve: 'a text: `{state}`, `{reason}`',
  },
  open(settings) {
    const url = `${settings.endpoint.replace(/\/+$/, '')}/`
    const sender = createHttpSender({
      urls: [url],
      secrets: [settings.secretKey, settings.token ?? ''],
      write: (message, { now }) => writeRequest(new URL(url), message, now(), settings),
      toReceipt,
    })
    return inPieces(sender, { split: splitNumbers, need: 'some' })
  },
})

function writeRequest({ host, pathname: path }: URL, message: Message, now: number, settings: Options) {
  const { secretId, secretKey, token, sdkAppId, signName, templateId, params, maxVariable, region } = settings
  const body = JSON.stringify({
    PhoneNumberSet: message.to,
    SmsSdkAppId: sdkAppId,
    ...(signName && { SignName: signName }),
    TemplateId: templateId,
    TemplateParamSet: params.map((field) => fillVariable(field, message, { maxChars: maxVariable })),
  })
  const signed = { 'content-type': contentType, host, 'x-tc-action': 'SendSms' }
  const scope = { service: 'sms', timestampMs: now }
  const keys = { id: secretId, secret: secretKey }
  const authorization = signTc3({ path, headers: signed, body }, keys, scope)
  const headers = {
    'content-type': contentType,
    'x-tc-action': 'SendSms',
    'x-tc-version': '2021-01-11',
    'x-tc-timestamp': String(Math.floor(now / 1000)),
    'x-tc-region': region,
    ...(token && { 'x-tc-token': token }),
    authorization,
  }
  return { headers, body }
}

/** https://cloud.tencent.com/document/api/382/55981#6.-.E9.94.99.E8.AF.AF.E7.A0.81 */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  if (byStatus.status !== 'delivered') return byStatus
  const { Response: response } = readObject(reply)
  const { Error: error, SendStatusSet: set } = asObject(response)
  const [status] = Array.isArray(set) ? set : []
  const { Code: code, Message: said } = asObject(error ?? status)
  if (typeof code !== 'string') return failUnknown(reply, 'Tencent Cloud')
  if (error === undefined && code === 'Ok') return byStatus

  const why = `Tencent Cloud answered ${quote(code)}: ${quote(said)}`
  if (/^LimitExceeded\.PhoneNumberThirtySecondLimit$/.test(code))
    return { status: 'retry', why, delayMs: 30_000 }
  if (/^LimitExceeded\./.test(code)) return { status: 'retry', why, delayMs: hourMs }
  if (/^InternalError|^RequestLimitExceeded|^FailedOperation\.(InsertDbFail|FailResolvePacket)/.test(code))
    return { status: 'retry', why }
  const isLasting =
    /^AuthFailure|^UnauthorizedOperation|^FailedOperation\.(Template|Signature|InsufficientBalance)|^ResourceUnavailable/.test(
      code,
    )
  return { status: 'failed', why, ...(isLasting && { lasting: true }) }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}
