/**
 * Alibaba Cloud SMS, SendSms: an approved template and its variables. Checks the ACS3 signature, the clock
 * (15 minutes), signature name, template, its variables and their content.
 * https://help.aliyun.com/zh/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms
 */
import { createHash } from 'node:crypto'
import { acs3, readAuthorization, rpc } from '../fake/cloud-signature.ts'
import type { Answer, FakeRequest } from '../fake/exchange.ts'
import { jsonAnswer } from '../fake/exchange.ts'
import type { FakeContext, Saying } from '../fake/fake.ts'
import { defineHttpFake } from '../fake/fake.ts'
import { readForm } from '../fake/form.ts'
import { asObject, isFilled, isObject, lines } from '../fake/json.ts'
import { smsView } from '../fake/sms-view.ts'

/** The keys, the approved names, and the variables that the template has; blocked numbers are throttled. */
export interface AliyunSmsSettings {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signName: string
  readonly templateCode: string
  readonly variables: readonly string[]
  readonly blocked: readonly string[]
}

const clockMs = 900_000
const maxVariable = 35

const no = (status: number, Code: string, Message: string): Answer =>
  jsonAnswer(status, { Code, Message, RequestId: '00000000-0000-4000-8000-000000000000' })

const says: Record<Saying, Answer> = {
  refuse: no(200, 'isv.SMS_TEMPLATE_ILLEGAL', '模板不合法(不存在或被拉黑)'),
  'rate-limited': no(200, 'isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1'),
  'too-long': no(200, 'isv.PARAM_LENGTH_LIMIT', '参数超过长度限制'),
}

/** The fake Alibaba Cloud SMS. */
export const aliyunSms = defineHttpFake<AliyunSmsSettings>({
  title: 'Alibaba Cloud SMS',
  settings: {
    accessKeyId: 'inbox-key',
    accessKeySecret: 'inbox-aliyun',
    signName: '收件箱',
    templateCode: 'SMS_153050000',
    variables: ['service', 'what'],
    blocked: [],
  },
  say: (what) => says[what],
  channel: (base, { accessKeyId, accessKeySecret, signName, templateCode }) => ({
    accessKeyId,
    accessKeySecret,
    signName,
    templateCode,
    params: { service: 'subject', what: 'text' },
    to: ['+8613900000000'],
    endpoint: base,
  }),
  refusal,
  accept: () =>
    jsonAnswer(200, { Code: 'OK', Message: 'OK', BizId: '9006197469364984400', RequestId: 'inbox' }),
  view: (request) => {
    const given = parametersOf(request)
    const text = [`【${given.get('SignName') ?? ''}】`, ...lines(variablesOf(given))].join('\n')
    return smsView(request, text, (given.get('PhoneNumbers') ?? '').split(','))
  },
})

function refusal(request: FakeRequest, context: FakeContext<AliyunSmsSettings>): Answer | undefined {
  const given = parametersOf(request)
  const refused = given.has('Signature')
    ? refusedByRpc(request, given, context)
    : refusedByAcs3(request, context)
  return refused ?? refusedMessage(given, context.settings)
}

/** Of the address and of a form in the body: the API takes them from both. */
function parametersOf(request: FakeRequest): URLSearchParams {
  return new URLSearchParams([...request.query, ...readForm(request)])
}

/** The older scheme: everything is among the parameters. */
function refusedByRpc(
  { path, method }: FakeRequest,
  given: URLSearchParams,
  { settings, now, isRepeat }: FakeContext<AliyunSmsSettings>,
): Answer | undefined {
  if (path !== '/' || !['POST', 'GET'].includes(method))
    return no(404, 'InvalidAction.NotFound', 'Specified api is not found')
  if (given.get('Action') !== 'SendSms' || given.get('Version') !== '2017-05-25')
    return no(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.')
  if (given.get('AccessKeyId') !== settings.accessKeyId)
    return no(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  const date = given.get('Timestamp') ?? ''
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date))
    return no(400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.')
  if (Math.abs(now() - Date.parse(date)) > clockMs)
    return no(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
  const nonce = given.get('SignatureNonce') ?? ''
  if (nonce === '') return no(400, 'MissingSignatureNonce', 'SignatureNonce is mandatory for this action.')
  const isWhole = given.get('SignatureMethod') === 'HMAC-SHA1' && given.get('SignatureVersion') === '1.0'
  const signature = rpc(method, given, settings.accessKeySecret)
  if (!isWhole || given.get('Signature') !== signature)
    return no(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.')
  return isRepeat(nonce)
    ? no(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
    : undefined
}

function refusedByAcs3(
  request: FakeRequest,
  { settings, now, isRepeat }: FakeContext<AliyunSmsSettings>,
): Answer | undefined {
  const { headers } = request
  if (request.path !== '/' || request.method !== 'POST')
    return no(404, 'InvalidAction.NotFound', 'Specified api is not found')
  if (headers['x-acs-action'] !== 'SendSms' || headers['x-acs-version'] !== '2017-05-25')
    return no(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.')
  const { scheme, parts } = readAuthorization(headers['authorization'])
  if (scheme !== 'ACS3-HMAC-SHA256')
    return no(400, 'IncompleteSignature', 'The request signature is incomplete')
  if (parts.get('Credential') !== settings.accessKeyId)
    return no(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')
  const date = headers['x-acs-date'] ?? ''
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(date))
    return no(400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.')
  if (Math.abs(now() - Date.parse(date)) > clockMs)
    return no(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.')
  if (!isFilled(headers['x-acs-signature-nonce']))
    return no(400, 'MissingSignatureNonce', 'SignatureNonce is mandatory for this action.')
  const names = parts.get('SignedHeaders') ?? ''
  const needed = [
    'host',
    ...Object.keys(headers).filter((name) => name.startsWith('x-acs-') || name === 'content-type'),
  ]
  const isWhole = needed.every((name) => names.split(';').includes(name))
  const hash = createHash('sha256').update(request.raw).digest('hex')
  if (
    !isWhole ||
    headers['x-acs-content-sha256'] !== hash ||
    parts.get('Signature') !== acs3(request, names, settings.accessKeySecret)
  )
    return no(400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.')
  return isRepeat(headers['x-acs-signature-nonce'])
    ? no(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
    : undefined
}

function refusedMessage(given: URLSearchParams, settings: AliyunSmsSettings): Answer | undefined {
  const numbers = (given.get('PhoneNumbers') ?? '').split(',')
  if (!numbers.every((number) => /^(?:1\d{10}|(?!86)[1-9]\d{6,14})$/.test(number)))
    return no(200, 'isv.MOBILE_NUMBER_ILLEGAL', '手机号码格式错误')
  if (given.get('SignName') !== settings.signName) return no(200, 'isv.SMS_SIGNATURE_ILLEGAL', '签名不合法')
  if (given.get('TemplateCode') !== settings.templateCode) return says.refuse
  const variables = parse(given.get('TemplateParam'))
  if (!isObject(variables)) return no(200, 'isv.INVALID_JSON_PARAM', '参数格式错误，请修改为字符串值')
  if (!settings.variables.every((name) => isFilled(variables[name])))
    return no(200, 'isv.TEMPLATE_MISSING_PARAMETERS', '模板变量缺少对应参数值')
  const values = Object.values(variables).map(String)
  if (values.some((value) => value.length > maxVariable)) return says['too-long']
  if (values.some((value) => /:\/\/|\b\d{1,3}(?:\.\d{1,3}){3}\b|\bwww\./i.test(value)))
    return no(200, 'isv.PARAM_NOT_SUPPORT_URL', '变量不支持传入URL')
  if (numbers.some((number) => settings.blocked.includes(number))) return says['rate-limited']
  return undefined
}

function variablesOf(given: URLSearchParams): unknown {
  return asObject(parse(given.get('TemplateParam')))
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
