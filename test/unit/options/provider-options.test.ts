/**
 * What each provider says of its own options: which one is missing or malformed, by its path, and what to write instead.
 */
import { describe, expect, it } from 'vitest'
import type { providers } from '#core/options/provider-table.ts'
import { checkOptions } from '#core/options.ts'

type Type = keyof typeof providers

const check = (type: Type, channel: object, rest: object = {}) => {
  const { problems } = checkOptions({ channels: { x: { type, ...channel } }, ...rest }, {})
  return problems.map(({ path, message }) => `${path.replace('channels.x.', '')}: ${message}`)
}

const key32 = 'k'.repeat(32)
const uuid = '01234567-89ab-4def-8123-456789abcdef'
const https = 'must start with https://'
const whole = 'must be a whole address'

/** Options that are right, and changes that make each of them wrong, with what is said and where. */
interface Row {
  readonly right: object
  /** What is said of a channel without any option. */
  readonly missing: readonly RegExp[]
  readonly wrong: readonly (readonly [change: object, said: RegExp | string])[]
}

const rows: Readonly<Record<Exclude<Type, 'console'>, Row>> = {
  email: {
    right: { host: 'mail.example', from: 'a@example.com', to: ['ops@example.com'] },
    missing: [/^from: /, /^(?:host|url): /],
    wrong: [
      [{ from: 'nobody' }, /^from: .*@/],
      [{ to: ['ops'] }, /^to.*: /],
      [{ host: undefined, url: 'mail.example:25' }, /^url: must start with smtps:\/\//],
      [{ host: undefined, url: 'https://mail.example' }, /^url: must start with smtps:\/\//],
    ],
  },
  webhook: {
    right: { url: 'https://im.example/hook' },
    missing: [/^url: needs `url`/],
    wrong: [
      [{ url: 'im.example/hook' }, `url: ${whole}`],
      [{ url: 'ftp://im.example/' }, `url: ${whole}`],
      [{ headers: { 'x y': '1' } }, /^headers.*: .*header name/],
      [{ auth: {} }, /^auth: needs `bearer`, `basic` or `hmac`/],
      [{ body: '{"a":' }, /^body: must be JSON/],
      [{ success: { path: '' } }, /^success\.(?:path|equals): /],
    ],
  },
  slack: {
    right: { url: 'https://hooks.slack.com/services/T0/B0/x' },
    missing: [/^url: needs `url`.*`token` and `channel`/],
    wrong: [
      [{ url: 'http://hooks.slack.com/services/T0/B0/x' }, `url: ${https}`],
      [{ url: 'hooks.slack.com/services' }, `url: ${whole}`],
      [{ url: undefined, token: 'xoxb-1' }, /^channel: is missing/],
      [{ url: undefined, token: 'secret', channel: '#ops' }, /^token: .*xoxb-/],
      [{ url: undefined, token: 'xoxb-1', channel: 'ops team' }, /^channel: must be a channel's id/],
    ],
  },
  dingtalk: {
    right: { token: 'abc' },
    missing: [/^url: needs either `url`.*`token`/],
    wrong: [
      [
        { token: 'https://oapi.dingtalk.com/robot/send?access_token=a' },
        /^token: must be the bare access_token/,
      ],
      [{ token: undefined, url: 'https://oapi.dingtalk.com/robot/send' }, /^url: lacks access_token/],
      [{ token: undefined, url: 'http://oapi.dingtalk.com/robot/send?access_token=a' }, `url: ${https}`],
      [{ endpoint: 'http://oapi.dingtalk.com/robot/send' }, `endpoint: ${https}`],
      [{ secret: '' }, /^secret: must not be empty: leave it out/],
      [{ token: ['a', 'b'], secret: ['SECa'] }, /^secret: needs as many as there are robots/],
      [{ style: 'card' }, /^style: .*markdown.*actionCard.*text/],
    ],
  },
  wecom: {
    right: { key: uuid },
    missing: [/^url: needs either `url`.*`key`/],
    wrong: [
      [{ key: 'not-a-uuid' }, /^key: must be the uuid after key=/],
      [
        { key: undefined, url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' },
        /^url: lacks key=…, a uuid/,
      ],
      [
        { key: undefined, url: `http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${uuid}` },
        `url: ${https}`,
      ],
    ],
  },
  feishu: {
    right: { url: 'https://open.feishu.cn/open-apis/bot/v2/hook/abc' },
    missing: [/^url: needs `url`, the webhook address/],
    wrong: [
      [{ url: 'https://open.feishu.cn/open-apis/bot/hook/abc' }, /^url: is no webhook address: copy/],
      [{ url: 'http://open.larksuite.com/open-apis/bot/v2/hook/abc' }, `url: ${https}`],
      [{ secret: ['a', 'b'] }, /^secret: needs as many as there are bots/],
    ],
  },
  discord: {
    right: { url: 'https://discord.com/api/webhooks/1/abc' },
    missing: [/^url: needs `url`, the address of a webhook/],
    wrong: [
      [{ url: 'https://discord.com/channels/1/2' }, /^url: is no webhook address: .*Copy Webhook URL/],
      [{ url: 'http://discord.com/api/webhooks/1/abc' }, `url: ${https}`],
      [{ threadId: 'general' }, /^threadId: must be the id of a thread.*Copy Thread ID/],
      [{ username: 'discord' }, /^username: must not contain 'discord'/],
    ],
  },
  telegram: {
    right: { token: '1000001:abc', chatId: -1001 },
    missing: [/^token: is missing.*@BotFather/, /^chatId: is missing/],
    wrong: [
      [{ token: 'abc' }, /^token: must be the bot's token.*@BotFather/],
      [{ chatId: 'my group' }, /^chatId: must be a chat id such as/],
      [{ threadId: 'general' }, /^threadId: must be the number of a topic/],
      [{ endpoint: 'http://api.telegram.org' }, `endpoint: ${https}`],
    ],
  },
  teams: {
    right: { url: 'https://prod-1.westeurope.logic.azure.com/workflows/a?sig=b' },
    missing: [/^url: needs `url`, the address of a workflow/],
    wrong: [
      [{ url: 'https://acme.webhook.office.com/webhookb2/a' }, /^url: is a connector.*make a workflow/],
      [{ url: 'https://prod-1.westeurope.logic.azure.com/workflows/a' }, /^url: lacks sig=/],
      [{ url: 'http://prod-1.westeurope.logic.azure.com/workflows/a?sig=b' }, `url: ${https}`],
      [{ version: '2' }, /^version: must be a version of adaptive cards such as '1\.4'/],
    ],
  },
  googlechat: {
    right: { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' },
    missing: [/^url: needs `url`, the address of a webhook/],
    wrong: [
      [
        { url: 'https://chat.googleapis.com/v1/spaces/A/messages?key=k' },
        /^url: lacks its path, key=… or token=…: copy/,
      ],
      [{ url: 'http://chat.googleapis.com/v1/spaces/A/messages?key=k&token=t' }, `url: ${https}`],
    ],
  },
  mattermost: {
    right: { url: 'https://chat.example/hooks/abc' },
    missing: [/^url: needs `url`, the address of an incoming webhook/],
    wrong: [
      [{ url: 'https://chat.example' }, /^url: is that of the server: it needs that of a webhook/],
      [{ channel: 'Town Square' }, /^channel: must be a channel's name as in its address/],
    ],
  },
  rocketchat: {
    right: { url: 'https://chat.example/hooks/id/token' },
    missing: [/^url: needs `url`, the address of an incoming integration/],
    wrong: [
      [{ url: 'https://chat.example/hooks/id' }, /^url: lacks its token/],
      [{ url: 'https://chat.example' }, /^url: is that of the server/],
      [{ channel: 'ops' }, /^channel: must be #channel or @person/],
    ],
  },
  pagerduty: {
    right: { routingKey: key32 },
    missing: [/^routingKey: is missing/],
    wrong: [
      [{ routingKey: 'short' }, /^routingKey: must be the 32 letters and digits/],
      [{ endpoint: 'http://events.pagerduty.com/v2/enqueue' }, `endpoint: ${https}`],
    ],
  },
  opsgenie: {
    right: { apiKey: 'abcdefgh-1234' },
    missing: [/^apiKey: is missing/],
    wrong: [
      [{ apiKey: 'GenieKey abc' }, /^apiKey: must be the bare key/],
      [{ responders: ['ops'] }, /^responders.*: must be like 'team:ops'/],
    ],
  },
  alertmanager: {
    right: { url: 'http://alertmanager:9093' },
    missing: [/^url: needs `url`, the address of Alertmanager/],
    wrong: [
      [{ url: 'alertmanager:9093' }, `url: ${whole}`],
      [{ auth: {} }, /^auth: needs either `bearer` or `basic`/],
      [{ labels: { 'a-b': 'x' } }, /^labels.*: .*label name/],
      [{ holdFor: 'long' }, /^holdFor: must be a duration such as '30m'/],
    ],
  },
  twilio: {
    right: { accountSid: `AC${'0'.repeat(32)}`, authToken: 't', from: '+15005550006', to: ['+15005550001'] },
    missing: [/^accountSid: is missing/, /^authToken: is missing/, /^from: is missing/],
    wrong: [
      [{ accountSid: 'mine' }, /^accountSid: must be the Account SID, AC and 32 hex digits/],
      [{ from: '5005550006' }, /^from: must be a number such as '\+15005550006'/],
      [{ to: ['13800000000'] }, /^to.*: .*\+.*country/],
    ],
  },
  'aliyun-sms': {
    right: {
      accessKeyId: 'a',
      accessKeySecret: 'b',
      signName: 'c',
      templateCode: 'SMS_1',
      params: { what: 'title' },
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
  'tencent-sms': {
    right: {
      secretId: 'a',
      secretKey: 'b',
      sdkAppId: '1400006666',
      templateId: '1234',
      params: ['title'],
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
  sns: {
    right: { region: 'eu-central-1', accessKeyId: 'a', secretAccessKey: 'b', to: ['+15005550001'] },
    missing: [/^region: /, /^accessKeyId: /, /^secretAccessKey: /],
    wrong: [
      [{ region: 'Frankfurt' }, /^region: must be a region such as 'eu-central-1'/],
      [{ topicArn: 'alerts' }, /^topicArn: must be the ARN of a topic: arn:aws:sns/],
      [{ endpoint: 'http://sns.eu-central-1.amazonaws.com' }, `endpoint: ${https}`],
      [{ to: undefined }, /^to: /],
    ],
  },
  ntfy: {
    right: { topic: 'alerts' },
    missing: [/^topic: is missing/],
    wrong: [
      [{ topic: 'https://ntfy.sh/alerts' }, /^topic: must be the name of a topic.*no address/],
      [{ user: 'a' }, /^user: needs `user` and `pass` together/],
      [{ token: 't', user: 'a', pass: 'b' }, /^token: takes either `token` or/],
      [{ endpoint: 'http://ntfy.sh' }, `endpoint: ${https}`],
    ],
  },
  pushover: {
    right: { token: 'a'.repeat(30), user: 'b'.repeat(30) },
    missing: [/^token: is missing/, /^user: is missing/],
    wrong: [
      [{ token: 'short' }, /^token: must be the 30 letters and digits/],
      [{ user: 'me@example.com' }, /^user: must be the 30 letters and digits/],
      [{ sound: 'very loud' }, /^sound: must be the name of a sound/],
    ],
  },
  bark: {
    right: { key: 'abcdefgh1234' },
    missing: [/^key: is missing/],
    wrong: [
      [{ key: 'https://api.day.app/abcdefgh1234' }, /^key: must be the bare key of a device/],
      [{ endpoint: 'api.day.app' }, `endpoint: ${whole}`],
    ],
  },
  serverchan: {
    right: { key: 'SCT12345678' },
    missing: [/^key: is missing/],
    wrong: [[{ key: 'https://sctapi.ftqq.com/SCT1.send' }, /^key: must be a SendKey, SCT… or sctp/]],
  },
  gotify: {
    right: { url: 'https://push.example', token: 'Aabcdefg1' },
    missing: [/^url: needs `url`, the address of your server/, /^token: is missing/],
    wrong: [
      [{ token: 'a b' }, /^token: must be the token of an application/],
      [{ url: 'push.example' }, `url: ${whole}`],
    ],
  },
  zulip: {
    right: { url: 'https://a.zulipchat.com', email: 'bot@a.example', apiKey: 'abcdefgh', stream: 'alerts' },
    missing: [/^url: needs `url`/, /^email: /, /^apiKey: /, /^stream: needs/],
    wrong: [
      [{ email: 'bot' }, /^email: must be the mail address of the bot/],
      [{ apiKey: 'a b' }, /^apiKey: must be the API key of the bot/],
      [{ stream: undefined, users: ['ann'] }, /^users.*: must be the mail address of a user/],
    ],
  },
  matrix: {
    right: { url: 'https://matrix.example', token: 't', room: '!a:example.org' },
    missing: [/^url: needs `url`, the address of the homeserver/, /^token: /, /^room: /],
    wrong: [[{ room: '#ops:example.org' }, /^room: must be a room's id.*not an alias/]],
  },
  line: {
    right: { token: 't', target: `U${'0'.repeat(32)}` },
    missing: [/^token: is missing/, /^target: is missing/],
    wrong: [
      [{ target: '@ann' }, /^target: must be the id of a user \(U…\)/],
      [{ endpoint: 'http://api.line.me' }, `endpoint: ${https}`],
    ],
  },
  webex: {
    right: { token: 't', roomId: 'r' },
    missing: [/^url: needs either `url`.*`token`/],
    wrong: [
      [{ roomId: undefined }, /^roomId: needs either `roomId` or `person`/],
      [{ roomId: undefined, person: 'ann' }, /^person: must be a mail address/],
      [
        { token: undefined, roomId: undefined, url: 'http://webexapis.com/v1/webhooks/incoming/a' },
        `url: ${https}`,
      ],
    ],
  },
  module: {
    right: { module: './my-provider.js' },
    missing: [/^module: needs `module`: a path/],
    wrong: [[{ options: 'x' }, /^options: /]],
  },
}

describe.each(Object.entries(rows) as [Exclude<Type, 'console'>, Row][])(
  '%s',
  (type, { right, missing, wrong }) => {
    it('has nothing to say of options that are right', () => {
      expect(check(type, right)).toEqual([])
    })

    it('names all that is missing at once', () => {
      const said = check(type, {})
      for (const one of missing) expect(said).toContainEqual(expect.stringMatching(one))
    })

    it.each(wrong)('says of %j what to write instead', (change, expected) => {
      const said = check(type, { ...right, ...change })
      expect(said).toContainEqual(
        typeof expected === 'string' ? expect.stringContaining(expected) : expect.stringMatching(expected),
      )
    })
  },
)

describe('addresses in clear', () => {
  it('are possible to this machine and to a private gateway, not to the providers themselves', () => {
    const paths = {
      dingtalk: '/robot/send?access_token=a',
      wecom: `/send?key=${uuid}`,
      feishu: '/open-apis/bot/v2/hook/a',
      discord: '/api/webhooks/1/a',
      googlechat: '/v1/spaces/A/messages?key=k&token=t',
      mattermost: '/hooks/a',
      rocketchat: '/hooks/a/b',
      webhook: '/x',
    } as const
    for (const [type, path] of Object.entries(paths) as [Type, string][]) {
      expect(check(type, { url: `http://127.0.0.1:8080${path}` }), type).toEqual([])
      expect(check(type, { url: `http://im-gateway.corp.example${path}` }), type).toEqual([])
    }
    for (const type of ['slack', 'teams'] as const) {
      expect(check(type, { url: 'http://localhost:8080/x' })).toEqual([])
      expect(check(type, { url: 'http://im-gateway.corp.example/x' }).join()).toContain(https)
    }
  })
})
