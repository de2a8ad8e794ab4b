/**
 * Every reply that the providers' own pages list, and what becomes of the message: told, tried again, or refused.
 */
import { describe, expect, it } from 'vitest'
import type { Receipt } from '#core/model.ts'
import { providers } from '#core/options/provider-table.ts'
import type { ProviderDefinition } from '#core/provider/provider.ts'
import { aMessage, send } from './support.ts'

/** `retry` may say for how long at least, in seconds; `lasting`: the next message would fare the same. */
type Fate = 'delivered' | 'retry' | `retry ${number}` | 'failed' | 'lasting' | 'too long'

/** Status and body of the reply; a body alone comes with 200. */
type Reply = string | readonly [status: number, body?: string, headers?: Readonly<Record<string, string>>]

interface Row {
  readonly provider: keyof typeof providers
  readonly options: Record<string, unknown>
  readonly to?: readonly string[]
  readonly replies: readonly (readonly [reply: Reply, fate: Fate])[]
}

const ding = (errcode: number, errmsg = 'x'): Reply => JSON.stringify({ errcode, errmsg })
const feishu = (code: number, msg = 'x'): Reply => JSON.stringify({ code, msg })
const aliyun = (Code: string, Message = ''): Reply => JSON.stringify({ Code, Message })
const tencentError = (Code: string): Reply => JSON.stringify({ Response: { Error: { Code, Message: '' } } })
const tencent = (Code: string): Reply => JSON.stringify({ Response: { SendStatusSet: [{ Code }] } })
const twilio = (status: number, code: number): Reply => [status, JSON.stringify({ code, message: 'x' })]
const slack = (error: string): Reply => JSON.stringify({ ok: false, error })
const telegram = (status: number, description: string, parameters?: object): Reply => [
  status,
  JSON.stringify({ ok: false, error_code: status, description, parameters }),
]
const sns = (status: number, code: string, message = ''): Reply => [
  status,
  `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
]
const bark = (code: number, message: string): Reply => [code, JSON.stringify({ code, message })]
const matrix = (status: number, errcode: string, more: object = {}): Reply => [
  status,
  JSON.stringify({ errcode, error: 'x', ...more }),
]
const ntfy = (http: number, code: number): Reply => [http, JSON.stringify({ code, http, error: 'x' })]
const each = (statuses: readonly number[], fate: Fate) => statuses.map((status) => [[status], fate] as const)

const phone = ['+8613900000000']
const rows: readonly Row[] = [
  {
    provider: 'dingtalk',
    options: { token: 'a' },
    replies: [
      [ding(0, 'ok'), 'delivered'],
      [ding(-1, 'system busy'), 'retry'],
      [ding(130101, 'send too fast, exceed 20 times per minute'), 'retry 60'],
      [ding(410100), 'retry 60'],
      [ding(999999, '发送频繁'), 'retry 60'],
      [ding(90030), 'retry 3600'],
      [ding(310000, 'keywords not in content'), 'failed'],
      [ding(310000, 'sign not match'), 'failed'],
      [ding(310000, 'invalid timestamp'), 'failed'],
      [ding(310000, 'ip 1.2.3.4 not in whitelist'), 'failed'],
      ...[300001, 300005, 400101, 400013, 400102, 400106].map((code) => [ding(code), 'lasting'] as const),
      ...[400105, 40035, 43002, 43004, 430101, 430102, 430103, 430104].map(
        (code) => [ding(code), 'failed'] as const,
      ),
      [ding(460101, 'message too long, exceed 20000 bytes'), 'too long'],
      [ding(101002, 'message is too long'), 'too long'],
    ],
  },
  {
    provider: 'wecom',
    options: { key: '01234567-89ab-4def-8123-456789abcdef' },
    replies: [
      [ding(0, 'ok'), 'delivered'],
      [ding(-1), 'retry'],
      [ding(45009, 'api freq out of limit'), 'retry 60'],
      [ding(93000, 'invalid webhook url'), 'lasting'],
      [ding(40058, 'markdown.content exceed max length 4096'), 'too long'],
      [ding(40014), 'failed'],
      [ding(42001), 'failed'],
    ],
  },
  {
    provider: 'feishu',
    options: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/a' },
    replies: [
      [feishu(0, 'success'), 'delivered'],
      ['{"StatusCode":0,"StatusMessage":"success"}', 'delivered'],
      [feishu(11232, 'frequency limited psm[x]'), 'retry 1'],
      [feishu(9499, 'too many request'), 'retry 1'],
      [[400, JSON.stringify({ code: 9499, msg: 'Bad Request' })], 'too long'],
      [feishu(19001), 'lasting'],
      [feishu(19021), 'lasting'],
      [feishu(19022, 'Ip Not Allowed'), 'lasting'],
      [feishu(19024, 'Key Words Not Found'), 'failed'],
      [feishu(200621, 'parse card json err'), 'too long'],
    ],
  },
  {
    provider: 'slack',
    options: { url: 'https://hooks.slack.com/services/T/B/x' },
    replies: [
      ['ok', 'delivered'],
      [[400, 'invalid_payload'], 'failed'],
      [[400, 'no_text'], 'failed'],
      [[400, 'invalid_blocks'], 'too long'],
      [[400, 'too_many_attachments'], 'too long'],
      [[404, 'no_service'], 'lasting'],
      [[404, 'no_active_hooks'], 'lasting'],
      [[404, 'no_service_id'], 'lasting'],
      [[404, 'no_team'], 'lasting'],
      [[404, 'team_disabled'], 'lasting'],
      [[403, 'invalid_token'], 'lasting'],
      [[404, 'channel_not_found'], 'lasting'],
      [[410, 'channel_is_archived'], 'lasting'],
      [[403, 'action_prohibited'], 'lasting'],
      [[403, 'posting_to_general_channel_denied'], 'lasting'],
      [[500, 'rollup_error'], 'retry'],
      [[400, 'rollup_error'], 'retry'],
      [[429, 'rate_limited', { 'retry-after': '7' }], 'retry 7'],
    ],
  },
  {
    provider: 'slack',
    options: { token: 'xoxb-1', channel: 'C012AB3CD' },
    replies: [
      ['{"ok":true,"channel":"C012AB3CD","ts":"1.2"}', 'delivered'],
      ...[
        'invalid_auth',
        'not_authed',
        'account_inactive',
        'token_revoked',
        'token_expired',
        'missing_scope',
        'channel_not_found',
        'not_in_channel',
        'is_archived',
        'restricted_action',
      ].map((word) => [slack(word), 'lasting'] as const),
      [slack('no_text'), 'failed'],
      [slack('invalid_blocks'), 'too long'],
      [slack('msg_too_long'), 'too long'],
      [slack('msg_blocks_too_long'), 'too long'],
      [slack('ratelimited'), 'retry 1'],
      [[429, '', { 'retry-after': '30' }], 'retry 30'],
      [slack('internal_error'), 'retry'],
      [slack('fatal_error'), 'retry'],
      [slack('service_unavailable'), 'retry'],
    ],
  },
  {
    provider: 'discord',
    options: { url: 'https://discord.com/api/webhooks/1/a' },
    replies: [
      ['{"id":"1"}', 'delivered'],
      [[204], 'delivered'],
      [[429, '{"retry_after":1.5,"global":false}', { 'retry-after': '2' }], 'retry 2'],
      [[429, '<html>1015</html>', { 'retry-after': '60' }], 'retry 60'],
      [[404, '{"message":"Unknown Webhook","code":10015}'], 'failed'],
      ...each([400, 401, 403], 'failed'),
      ...each([500, 502, 503], 'retry'),
      [[400, '{"code":50035,"errors":{"x":{"code":"BASE_TYPE_MAX_LENGTH"}}}'], 'too long'],
    ],
  },
  {
    provider: 'telegram',
    options: { token: '1:a', chatId: -1 },
    replies: [
      ['{"ok":true,"result":{"message_id":1}}', 'delivered'],
      [telegram(429, 'Too Many Requests: retry after 35', { retry_after: 35 }), 'retry 35'],
      [telegram(400, 'Bad Request: group chat was upgraded', { migrate_to_chat_id: -1001 }), 'retry'],
      [telegram(401, 'Unauthorized'), 'lasting'],
      [telegram(403, 'Forbidden: bot was kicked from the group chat'), 'lasting'],
      [telegram(403, 'Forbidden: bot was blocked by the user'), 'lasting'],
      [telegram(403, 'Forbidden: user is deactivated'), 'lasting'],
      [telegram(400, 'Bad Request: chat not found'), 'lasting'],
      [telegram(400, 'Bad Request: message thread not found'), 'lasting'],
      [telegram(400, "Bad Request: can't parse entities: x"), 'too long'],
      [telegram(400, 'Bad Request: message is too long'), 'too long'],
      [telegram(404, 'Not Found'), 'failed'],
      [telegram(500, 'Internal Server Error'), 'retry'],
    ],
  },
  {
    provider: 'teams',
    options: { url: 'https://x.logic.azure.com/workflows/a?sig=b' },
    replies: [
      [[202], 'delivered'],
      [[200, '1'], 'delivered'],
      [[400, '{"error":{"code":"TriggerInputSchemaMismatch","message":"x"}}'], 'failed'],
      ...each([401, 403, 404], 'failed'),
      [[413], 'too long'],
      [[429, '', { 'retry-after': '4' }], 'retry 4'],
      [[502, '{"error":{"code":"NoResponse","message":"x"}}'], 'retry'],
    ],
  },
  {
    provider: 'googlechat',
    options: { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' },
    replies: [
      ['{"name":"spaces/A/messages/1"}', 'delivered'],
      [[429, '{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}'], 'retry'],
      ...each([400, 401, 403, 404], 'failed'),
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'mattermost',
    options: { url: 'https://chat.example/hooks/a' },
    replies: [
      ['ok', 'delivered'],
      ...each([400, 403, 404], 'failed'),
      [[429, '', { 'retry-after': '2' }], 'retry 2'],
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'rocketchat',
    options: { url: 'https://chat.example/hooks/a/b' },
    replies: [
      ['{"success":true}', 'delivered'],
      ['{"success":false,"error":"x"}', 'failed'],
      [[429, '{"success":false,"error":"error-too-many-requests, must wait 42 seconds"}'], 'retry 42'],
      ...each([400, 401, 404], 'failed'),
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'pagerduty',
    options: { routingKey: 'k'.repeat(32) },
    replies: [
      [[202, '{"status":"success"}'], 'delivered'],
      [[400, '{"status":"invalid event","errors":["x"]}'], 'failed'],
      [[429], 'retry 60'],
      ...each([500, 502, 503, 504], 'retry'),
    ],
  },
  {
    provider: 'opsgenie',
    options: { apiKey: 'abcdefgh' },
    replies: [
      [[202, '{"result":"Request will be processed"}'], 'delivered'],
      ...each([400, 401, 403, 422, 501], 'failed'),
      [[429, '', { 'x-ratelimit-state': 'THROTTLED', 'x-ratelimit-period-in-sec': '60' }], 'retry 60'],
      ...each([500, 502, 503], 'retry'),
    ],
  },
  {
    provider: 'alertmanager',
    options: { url: 'http://alertmanager:9093' },
    replies: [
      [[200], 'delivered'],
      [[400, '"start time must be before end time"'], 'failed'],
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'twilio',
    options: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006' },
    to: ['+15005550001'],
    replies: [
      [[201, '{"sid":"SM1","status":"queued"}'], 'delivered'],
      [[201, '{"sid":"SM1","status":"accepted"}'], 'delivered'],
      [twilio(401, 20003), 'failed'],
      ...[21211, 21614, 21608, 21610].map((code) => [twilio(400, code), 'failed'] as const),
      [twilio(429, 20429), 'retry'],
      [twilio(400, 30001), 'retry'],
      [twilio(400, 21617), 'too long'],
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'aliyun-sms',
    options: { accessKeyId: 'a', accessKeySecret: 'b', signName: 'c', templateCode: 'SMS_1' },
    to: phone,
    replies: [
      [aliyun('OK'), 'delivered'],
      [aliyun('isp.SYSTEM_ERROR'), 'retry'],
      [[400, JSON.stringify({ Code: 'Throttling.User' })], 'retry'],
      [aliyun('isv.BUSINESS_LIMIT_CONTROL', '触发分钟级流控Permits:1'), 'retry 60'],
      [aliyun('isv.BUSINESS_LIMIT_CONTROL', '触发小时级流控Permits:5'), 'retry 3600'],
      [aliyun('isv.BUSINESS_LIMIT_CONTROL', '触发天级流控Permits:10'), 'retry 3600'],
      [aliyun('isv.DAY_LIMIT_CONTROL'), 'retry 3600'],
      [aliyun('isv.MONTH_LIMIT_CONTROL'), 'retry 3600'],
      ...['SMS_TEMPLATE_ILLEGAL', 'SMS_SIGNATURE_ILLEGAL', 'OUT_OF_SERVICE', 'AMOUNT_NOT_ENOUGH'].map(
        (word) => [aliyun(`isv.${word}`), 'lasting'] as const,
      ),
      ...[
        'MOBILE_NUMBER_ILLEGAL',
        'TEMPLATE_MISSING_PARAMETERS',
        'INVALID_JSON_PARAM',
        'PARAM_LENGTH_LIMIT',
        'PARAM_NOT_SUPPORT_URL',
        'BLACK_KEY_CONTROL_LIMIT',
      ].map((word) => [aliyun(`isv.${word}`), 'failed'] as const),
      [[400, JSON.stringify({ Code: 'SignatureDoesNotMatch' })], 'lasting'],
      [[404, JSON.stringify({ Code: 'InvalidAccessKeyId.NotFound' })], 'lasting'],
      [[400, JSON.stringify({ Code: 'SignatureNonceUsed' })], 'retry'],
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'tencent-sms',
    options: { secretId: 'a', secretKey: 'b', sdkAppId: '1400006666', templateId: '1' },
    to: phone,
    replies: [
      [tencent('Ok'), 'delivered'],
      [tencent('LimitExceeded.PhoneNumberThirtySecondLimit'), 'retry 30'],
      [tencent('LimitExceeded.PhoneNumberOneHourLimit'), 'retry 3600'],
      [tencent('LimitExceeded.PhoneNumberDailyLimit'), 'retry 3600'],
      [tencent('LimitExceeded.PhoneNumberSameContentDailyLimit'), 'retry 3600'],
      [tencent('LimitExceeded.DeliveryFrequencyLimit'), 'retry'],
      [tencentError('AuthFailure.SignatureFailure'), 'lasting'],
      [tencentError('AuthFailure.SignatureExpire'), 'lasting'],
      [tencentError('UnauthorizedOperation.SmsSdkAppIdVerifyFail'), 'lasting'],
      [tencent('FailedOperation.TemplateIncorrectOrUnapproved'), 'lasting'],
      [tencent('FailedOperation.SignatureIncorrectOrUnapproved'), 'lasting'],
      [tencent('FailedOperation.InsufficientBalanceInSmsPackage'), 'lasting'],
      [tencent('FailedOperation.PhoneNumberInBlacklist'), 'failed'],
      [tencent('InvalidParameterValue.IncorrectPhoneNumber'), 'failed'],
      [tencentError('InternalError.Timeout'), 'retry'],
      [tencentError('RequestLimitExceeded'), 'retry'],
    ],
  },
  {
    provider: 'sns',
    options: { region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b' },
    to: ['+15005550001'],
    replies: [
      ['<PublishResponse><MessageId>1</MessageId></PublishResponse>', 'delivered'],
      [sns(400, 'Throttling', 'Rate exceeded'), 'retry'],
      [sns(500, 'InternalError'), 'retry'],
      [sns(403, 'AuthorizationError'), 'failed'],
      [sns(400, 'InvalidParameter', 'Invalid parameter: PhoneNumber'), 'failed'],
      [sns(400, 'InvalidParameter', 'Invalid parameter: Message too long'), 'too long'],
      [sns(404, 'NotFound'), 'failed'],
      [sns(400, 'EndpointDisabled'), 'failed'],
    ],
  },
  {
    provider: 'ntfy',
    options: { topic: 'alerts' },
    replies: [
      ['{"id":"a"}', 'delivered'],
      [ntfy(429, 42901), 'retry 5'],
      [ntfy(429, 42908), 'retry 3600'],
      [ntfy(401, 40101), 'failed'],
      [ntfy(403, 40301), 'failed'],
      [ntfy(413, 41301), 'too long'],
      [ntfy(507, 50701), 'failed'],
      [ntfy(500, 50001), 'retry'],
    ],
  },
  {
    provider: 'pushover',
    options: { token: 'a'.repeat(30), user: 'b'.repeat(30) },
    replies: [
      ['{"status":1}', 'delivered'],
      ['{"status":0,"errors":["x"]}', 'failed'],
      [[400, '{"status":0,"user":"invalid","errors":["user identifier is invalid"]}'], 'lasting'],
      // The quota of the month: repeating within the time of a message never works.
      [[429, '{"status":0,"errors":["over its quota"]}'], 'retry 3600'],
      [[500], 'retry 5'],
    ],
  },
  {
    provider: 'bark',
    options: { key: 'abcdefgh' },
    replies: [
      [bark(200, 'success'), 'delivered'],
      ['{"code":400,"message":"x"}', 'failed'],
      [bark(400, 'failed to get device token: failed to get [x] device token from database'), 'lasting'],
      [bark(500, 'push failed: APNS push failed: BadDeviceToken'), 'lasting'],
      [bark(500, 'push failed: APNS push failed: Unregistered'), 'lasting'],
      [bark(500, 'push failed: timeout'), 'retry'],
    ],
  },
  {
    provider: 'serverchan',
    options: { key: 'SCT12345678' },
    replies: [
      ['{"code":0}', 'delivered'],
      ['{"code":40001,"message":"[AUTH]超过当天的发送次数限制"}', 'retry 3600'],
      ['{"code":40001,"message":"[INPUT]x"}', 'failed'],
      [[400, '{"code":40001,"message":"[AUTH]错误的Key"}'], 'lasting'],
      [[500], 'retry'],
    ],
  },
  {
    provider: 'gotify',
    options: { url: 'https://push.example', token: 'Aabcdefg1' },
    replies: [
      ['{"id":1}', 'delivered'],
      ...each([400, 401, 403, 404], 'failed'),
      ...each([500, 503], 'retry'),
    ],
  },
  {
    provider: 'zulip',
    options: { url: 'https://a.zulipchat.com', email: 'b@a.example', apiKey: 'abcdefgh', stream: 's' },
    replies: [
      ['{"result":"success","id":1}', 'delivered'],
      ['{"result":"error","code":"X","msg":"x"}', 'failed'],
      [[429, '{"result":"error","code":"RATE_LIMIT_HIT","msg":"x","retry-after":28.7}'], 'retry 28'],
      [[401, '{"result":"error","code":"UNAUTHORIZED","msg":"x"}'], 'failed'],
      [[400, '{"result":"error","code":"STREAM_DOES_NOT_EXIST","msg":"x"}'], 'failed'],
      ...each([500, 502], 'retry'),
    ],
  },
  {
    provider: 'matrix',
    options: { url: 'https://matrix.example', token: 't', room: '!a:example.org' },
    replies: [
      ['{"event_id":"$1"}', 'delivered'],
      [matrix(429, 'M_LIMIT_EXCEEDED', { retry_after_ms: 2000 }), 'retry 2'],
      [[429, '{"errcode":"M_LIMIT_EXCEEDED","error":"x"}', { 'retry-after': '3' }], 'retry 3'],
      [matrix(401, 'M_UNKNOWN_TOKEN'), 'failed'],
      [matrix(403, 'M_FORBIDDEN'), 'failed'],
      [matrix(413, 'M_TOO_LARGE'), 'too long'],
      ...each([500, 502], 'retry'),
    ],
  },
  {
    provider: 'line',
    options: { token: 't', target: `U${'0'.repeat(32)}` },
    replies: [
      ['{"sentMessages":[{"id":"1"}]}', 'delivered'],
      [[409, '{"message":"The retry key is already accepted"}'], 'delivered'],
      ...each([400, 401, 403], 'failed'),
      [[429, '{"message":"The API rate limit has been exceeded. Try again later."}'], 'retry 60'],
      [[429, '{"message":"You have reached your monthly limit."}'], 'retry 3600'],
      ...each([500], 'retry'),
    ],
  },
  {
    provider: 'webex',
    options: { token: 't', roomId: 'r' },
    replies: [
      ['{"id":"1"}', 'delivered'],
      ...each([400, 401, 403, 404], 'failed'),
      [[423, '{"message":"x"}'], 'retry'],
      [[429, '', { 'retry-after': '3' }], 'retry 3'],
      ...each([500, 502, 503], 'retry'),
    ],
  },
]

const cases = rows.flatMap((row) => row.replies.map(([reply, fate]) => ({ ...row, reply, fate })))

describe('what a provider says', () => {
  it.each(cases)('$provider: $reply is $fate', async ({ provider, options, to = [], reply, fate }) => {
    const [status, body = null, headers = {}] = typeof reply === 'string' ? [200, reply] : reply
    const fetch: typeof globalThis.fetch = async () => new Response(body, { status, headers })
    const definition: ProviderDefinition = providers[provider]
    const receipt = await send(definition, options, aMessage({ to }), { fetch })
    expect(fateOf(receipt)).toBe(fate.replace(/ [\d.]+$/, ''))
    const leastMs = Number(/^retry ([\d.]+)$/.exec(fate)?.[1] ?? 0) * 1000
    if (leastMs > 0) expect(receipt).toMatchObject({ delayMs: expect.any(Number) })
    if (receipt.status === 'retry') expect(receipt.delayMs ?? 0).toBeGreaterThanOrEqual(leastMs)
  })

  it('is known of every provider that answers over HTTP', () => {
    const local = ['console', 'email', 'webhook', 'module']
    const listed = new Set<string>(rows.map(({ provider }) => provider))
    expect(Object.keys(providers).filter((name) => !listed.has(name) && !local.includes(name))).toEqual([])
  })
})

function fateOf(receipt: Receipt): string {
  if (receipt.status !== 'failed') return receipt.status
  if (receipt.lasting) return 'lasting'
  return receipt.tooLong ? 'too long' : 'failed'
}
