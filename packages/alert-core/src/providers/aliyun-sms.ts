/**
 * Alibaba Cloud SMS, SendSms of 2017-05-25:
 * https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms. Only an approved
 * template can be sent, so a text is its variables. One request a number; success is `Code` OK.
 */

import { classify } from '../http/classify.ts'
import type { HttpReply } from '../http/request.ts'
import type { Receipt } from '../model.ts'
import { createHttpSender, failUnknown, quote, readObject } from '../provider/http-sender.ts'
import * as z from '../provider/light-zod.ts'
import { endpoint } from '../provider/option-fields.ts'
import { inPieces } from '../provider/pieces.ts'
import { defineProvider, type Message, secret } from '../provider/provider.ts'
import { encodeForm, sha256, signAcs3, signRpc } from '../provider/request-signature.ts'
import { option, preset, required } from '../provider/schema.ts'
import { splitNumbers } from '../provider/sms-text.ts'
import { fillVariable, templateField } from '../provider/template-fields.ts'

const minuteMs = 60_000
const hourMs = 3_600_000
const action = 'SendSms'
const version = '2017-05-25'
const contentType = 'application/x-www-form-urlencoded'

const options = () =>
  z.object({
    accessKeyId: required(
      z.string().check(z.minLength(1)),
      'AccessKey ID of a RAM user that may send text messages',
    ),
    accessKeySecret: secret(required(z.string().check(z.minLength(1)), 'AccessKey secret')),
    securityToken: secret(option(z.string().check(z.minLength(1)), 'Token of temporary credentials (STS)')),
    signName: required(z.string().check(z.minLength(1)), 'Approved signature, without its brackets'),
    templateCode: required(
      z
        .string()
        .check(z.regex(/^SMS_\d+$/, "must be the code of an approved template, such as 'SMS_153050000'")),
      'Code of the approved template',
    ),
    params: preset(
      z.record(z.string(), templateField()),
      {},
      "The template's variables, each with a field of the alert or a text with {field}",
    ),
    maxVariable: preset(
      z.int().check(z.minimum(1)),
      35,
      'Characters that one variable may hold; longer ones are cut',
    ),
    signature: preset(
      z.enum(['acs3', 'rpc']),
      'acs3',
      'rpc is the older scheme, HMAC-SHA1 over the parameters, for gateways that support only this one',
    ),
    endpoint: endpoint('https://dysmsapi.aliyuncs.com', 'Where the API is'),
  })

type Options = z.output<ReturnType<typeof options>>

export default defineProvider({
  title: 'Alibaba Cloud SMS',
  kind: 'sms',
  options,
  limits: {},
  supports: {
    size: 'a variable, 35 characters (`maxVariable`)',
    success: '`Code: OK`',
    hint: '`isv.…_LIMIT_CONTROL`: 1 min or 1 h',
    resolve: 'a text: `{state}`, `{reason}`',
  },
  open(settings) {
    const base = settings.endpoint.replace(/\/+$/, '')
    const sender = createHttpSender({
      urls: [base],
      secrets: [settings.accessKeySecret, settings.securityToken ?? ''],
      write: (message, { now }) => writeRequest(base, message, now(), settings),
      toReceipt,
    })
    return inPieces(sender, { split: splitNumbers, need: 'some' })
  },
})

function writeRequest(base: string, message: Message, now: number, settings: Options) {
  const { signName, templateCode, params, maxVariable } = settings
  const variables = Object.entries(params).map(([name, field]) => [
    name,
    fillVariable(field, message, { maxChars: maxVariable }),
  ])
  const parameters = {
    PhoneNumbers: toAliyunNumber(message.to[0] ?? ''),
    SignName: signName,
    TemplateCode: templateCode,
    ...(variables.length > 0 && { TemplateParam: JSON.stringify(Object.fromEntries(variables)) }),
  }
  // New for each attempt: a used one is rejected.
  const at = {
    date: `${new Date(now).toISOString().slice(0, 19)}Z`,
    nonce: process.getBuiltinModule('node:crypto').randomUUID(),
  }
  return settings.signature === 'rpc'
    ? writeRpc(base, parameters, at, settings)
    : writeAcs3(base, parameters, at, settings)
}

type Parameters = Readonly<Record<string, string>>
type Moment = { readonly date: string; readonly nonce: string }

function writeRpc(base: string, parameters: Parameters, { date, nonce }: Moment, settings: Options) {
  const { accessKeyId, accessKeySecret, securityToken } = settings
  const all = {
    ...parameters,
    Action: action,
    Version: version,
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: nonce,
    Timestamp: date,
    ...(securityToken && { SecurityToken: securityToken }),
  }
  const query = encodeForm({ ...all, Signature: signRpc('POST', all, accessKeySecret) })
  return { url: `${base}/?${query}`, headers: { 'content-type': contentType }, body: '' }
}

function writeAcs3(base: string, parameters: Parameters, { date, nonce }: Moment, settings: Options) {
  const { accessKeyId, accessKeySecret, securityToken } = settings
  const query = encodeForm(parameters)
  const headers = {
    'content-type': contentType,
    'x-acs-action': action,
    'x-acs-version': version,
    'x-acs-date': date,
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': sha256(''),
    ...(securityToken && { 'x-acs-security-token': securityToken }),
  }
  const { host, pathname: path } = new URL(`${base}/`)
  const signed = { path, query, headers: { ...headers, host }, body: '' }
  const authorization = signAcs3(signed, { id: accessKeyId, secret: accessKeySecret })
  return { url: `${base}/?${query}`, headers: { ...headers, authorization }, body: '' }
}

/** Numbers of the mainland without their code, others with theirs and without the plus. */
function toAliyunNumber(number: string): string {
  return number.replace(/^\+86(?=1\d{10}$)|^\+/, '')
}

/** https://help.aliyun.com/zh/sms/developer-reference/api-error-codes */
function toReceipt(reply: HttpReply): Receipt {
  const byStatus = classify(reply)
  const { Code: code, Message: said } = readObject(reply)
  if (typeof code !== 'string')
    return byStatus.status === 'delivered' ? failUnknown(reply, 'Aliyun') : byStatus
  if (byStatus.status === 'delivered' && code === 'OK') return byStatus

  const why = `Aliyun answered ${quote(code)}: ${quote(said)}`
  if (/^isv\.(BUSINESS|DAY|MONTH)_LIMIT_CONTROL$/.test(code)) {
    const isMinute = code.startsWith('isv.B') && !/小时|天|hour|day/i.test(quote(said))
    return { status: 'retry', why, delayMs: isMinute ? minuteMs : hourMs }
  }
  if (byStatus.status === 'retry') return { ...byStatus, why }
  if (/^isp\.|^Throttling|^SignatureNonceUsed$|^ServiceUnavailable$/.test(code))
    return { status: 'retry', why }
  const isLasting =
    /^(InvalidAccessKeyId|SignatureDoesNotMatch|IncompleteSignature|Forbidden|NoPermission|InvalidSecurityToken)|^isv\.(SMS_TEMPLATE|SMS_SIGN|ACCOUNT|OUT_OF_SERVICE|AMOUNT_NOT_ENOUGH)/.test(
      code,
    )
  return { status: 'failed', why, ...(isLasting && { lasting: true }) }
}
