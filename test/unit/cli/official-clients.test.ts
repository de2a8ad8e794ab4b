/**
 * Each fake takes what a client of the real API sends, and refuses the same request with one thing changed.
 */
import Rpc from '@alicloud/pop-core'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { WebClient } from '@slack/web-api'
import opsgenie from 'opsgenie-sdk'
import Pushover from 'pushover-notifications'
import { describe, expect, it } from 'vitest'
import type { Inbox } from '#cli/inbox/inbox.ts'
import sns from '#core/providers/sns.ts'
import { aMessage, send as deliver } from '../providers/support.ts'
import { startInbox } from './inbox.ts'

// The SDK of Amazon says from 2027 on that it wants a newer Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
/** The client of Zulip puts another one in its place. */
const { FormData: Form } = globalThis

type Sent = { url: string; headers: Record<string, string>; body: string }
type Channel = Inbox['channels'][keyof Inbox['channels']]

interface Client {
  readonly name: keyof Inbox['channels']
  /** Sends a message; resolves with what the client makes of the answer. */
  readonly send: (channel: Channel, inbox: Inbox) => Promise<unknown>
  readonly answer: unknown
  readonly shows: string
  /** What is changed in a request that was taken, and the words of the refusal. */
  readonly tampered: readonly (readonly [what: string, change: (sent: Sent) => void, words: string])[]
}

const setBody = (from: string | RegExp, to: string) => (sent: Sent) => {
  sent.body = sent.body.replace(from, to)
}
const setUrl = (from: string | RegExp, to: string) => (sent: Sent) => {
  sent.url = sent.url.replace(from, to)
}
const setHeader = (name: string, value: string) => (sent: Sent) => {
  sent.headers[name] = value
}
const text = (value: unknown) => String(value)

const sms = {
  SignName: '收件箱',
  TemplateCode: 'SMS_153050000',
  TemplateParam: '{"service":"pay","what":"disk"}',
}
const sendSms =
  (method: 'GET' | 'POST') =>
  ({ endpoint, accessKeyId, accessKeySecret }: Channel) =>
    new Rpc({
      endpoint: text(endpoint),
      apiVersion: '2017-05-25',
      accessKeyId: text(accessKeyId),
      accessKeySecret: text(accessKeySecret),
    }).request('SendSms', { ...sms, PhoneNumbers: '13900000000' }, { method, agent: false })

/** Posts as the pages of a provider show it, where it has no client of its own. */
async function post(
  url: string,
  headers: Record<string, string>,
  body: string | FormData | URLSearchParams,
): Promise<unknown> {
  return (await fetch(url, { method: 'POST', headers, body })).json()
}

const clients: Readonly<Record<string, Client>> = {
  '@slack/web-api': {
    name: 'slack',
    send: async (_, { url }) => {
      const web = new WebClient('xoxb-inbox', {
        slackApiUrl: `${url}/slack/api/`,
        retryConfig: { retries: 0 },
      })
      const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'the *disk* is full' } }]
      const first = await web.chat.postMessage({ channel: 'C0INBOX', text: 'full', blocks })
      return web.chat.update({ channel: 'C0INBOX', text: 'full', blocks, ts: first.ts! })
    },
    answer: { ok: true },
    shows: 'the *disk* is full',
    tampered: [
      ['another token', setHeader('authorization', 'Bearer xoxb-other'), 'invalid_auth'],
      ['another channel', setBody('C0INBOX', 'C0OTHER'), 'channel_not_found'],
      ['blocks that are not JSON', setBody('%5B%7B', '%7B%7B'), 'invalid_blocks'],
    ],
  },
  'zulip-js': {
    name: 'zulip',
    send: async ({ email, apiKey, url, stream }) => {
      const { default: zulip } = await import('zulip-js')
      const client = await zulip({ username: text(email), apiKey: text(apiKey), realm: text(url) })
      return client.messages.send({
        type: 'stream',
        to: text(stream),
        topic: 'prod',
        content: '磁盘 is full',
      })
    },
    answer: { result: 'success' },
    shows: '磁盘 is full',
    tampered: [
      ['another key', setHeader('authorization', 'Basic eDp5'), 'Invalid API key'],
      ['another channel', setBody(/alerts(?=\r\n)/, 'others'), 'STREAM_DOES_NOT_EXIST'],
    ],
  },
  'pushover-notifications': {
    name: 'pushover',
    send: ({ token, user, endpoint }) => {
      const { hostname, port, pathname } = new URL(text(endpoint))
      const httpOptions = { proxy: `http://${hostname}`, hostname, port, path: pathname }
      const client = new Pushover({ token, user, httpOptions })
      return new Promise((resolve, reject) =>
        client.send({ title: 'disk', message: '磁盘 is full', priority: 1 }, (error, answer) =>
          !error ? resolve(JSON.parse(answer)) : reject(error),
        ),
      )
    },
    answer: { status: 1 },
    shows: '磁盘 is full',
    tampered: [
      [
        'another application',
        setBody('inbox0application', 'other0application'),
        'application token is invalid',
      ],
      ['another user', setBody('inbox0user0inbox0user0inbox0us', 'other'), 'user identifier is invalid'],
    ],
  },
  'the headers of ntfy': {
    name: 'ntfy',
    send: ({ endpoint, topic, token }) =>
      post(
        `${text(endpoint)}/${text(topic)}`,
        {
          Authorization: `Bearer ${text(token)}`,
          Title: '=?UTF-8?B?56OB55uY?=',
          Priority: 'urgent',
          Tags: 'warning,skull',
          Click: 'https://trace.example.com/1',
        },
        '磁盘 is full',
      ),
    answer: { event: 'message', topic: 'inbox-topic', title: '磁盘', message: '磁盘 is full' },
    shows: '磁盘 is full',
    tampered: [
      ['another token', setHeader('authorization', 'Bearer tk_other'), '40101'],
      ['another topic', setUrl('inbox-topic', 'others'), '40301'],
      ['a priority that is none', setHeader('priority', 'loud'), '40007'],
      ['a link that is none', setHeader('click', 'there'), '40018'],
    ],
  },
  'the token of Gotify in the address': {
    name: 'gotify',
    send: ({ url, token }) => {
      const form = new Form()
      for (const [name, value] of Object.entries({ title: 'disk', message: '磁盘 is full', priority: '5' }))
        form.append(name, value)
      return post(`${text(url)}/message?token=${text(token)}`, {}, form)
    },
    answer: { title: 'disk', message: '磁盘 is full', priority: 5 },
    shows: '磁盘 is full',
    tampered: [
      ['another token', setUrl('token=Ainbox', 'token=Aother'), 'valid access token'],
      ['a priority that is not a number', setBody(/\r\n5\r\n/, '\r\nhigh\r\n'), 'priority'],
    ],
  },
  '@alicloud/pop-core, in the address': {
    name: 'aliyun-sms',
    send: sendSms('GET'),
    answer: { Code: 'OK' },
    shows: 'what: disk',
    tampered: [
      ['another number', setUrl('13900000000', '13800000000'), 'SignatureDoesNotMatch'],
      ['another text', setUrl('disk', 'memory'), 'SignatureDoesNotMatch'],
    ],
  },
  '@alicloud/pop-core, in the body': {
    name: 'aliyun-sms',
    send: sendSms('POST'),
    answer: { Code: 'OK' },
    shows: 'what: disk',
    tampered: [['another number', setBody('13900000000', '13800000000'), 'SignatureDoesNotMatch']],
  },
  'opsgenie-sdk': {
    name: 'opsgenie',
    send: async ({ endpoint, apiKey }) => {
      opsgenie.configure({ host: text(endpoint), api_key: text(apiKey) })
      const asked = (ask: (done: Parameters<typeof opsgenie.alertV2.create>[1]) => void) =>
        new Promise((resolve, reject) => ask((error, answer) => (error ? reject(error) : resolve(answer))))
      const alert = { message: 'disk is full', alias: 'disk', priority: 'P1', description: '磁盘' }
      await asked((done) => opsgenie.alertV2.close({ identifier: 'disk', identifierType: 'alias' }, {}, done))
      return asked((done) => opsgenie.alertV2.create(alert, done))
    },
    answer: { result: 'Request will be processed' },
    shows: '磁盘',
    tampered: [
      ['another key', setHeader('authorization', 'GenieKey other'), 'Key format is not valid!'],
      ['a priority that is none', setBody('"P1"', '"P9"'), 'priority'],
    ],
  },
  '@aws-sdk/client-sns at an endpoint with a path': {
    name: 'sns',
    send: ({ endpoint, region, accessKeyId, secretAccessKey, topicArn }) =>
      new SNSClient({
        endpoint: text(endpoint),
        region: text(region),
        credentials: { accessKeyId: text(accessKeyId), secretAccessKey: text(secretAccessKey) },
        maxAttempts: 1,
      }).send(new PublishCommand({ TopicArn: text(topicArn), Subject: 'disk', Message: '磁盘 is full' })),
    answer: { MessageId: expect.any(String) },
    shows: '磁盘 is full',
    tampered: [
      ['another text', setBody('full', 'fine'), 'SignatureDoesNotMatch'],
      ['another time', setHeader('x-amz-date', '20200101T000000Z'), 'SignatureDoesNotMatch'],
      [
        'another region',
        (sent) =>
          setHeader(
            'authorization',
            sent.headers['authorization']!.replace('eu-central-1', 'us-east-1'),
          )(sent),
        'SignatureDoesNotMatch',
      ],
    ],
  },
}

const setByFetch = ['host', 'connection', 'content-length', 'transfer-encoding', 'expect', 'keep-alive']

/** The last request that was taken, to be sent again. */
function lastOf(inbox: Inbox): Sent {
  const { request } = inbox.received({ ok: true }).at(-1)!
  const headers = Object.entries(request.headers).filter(([name]) => !setByFetch.includes(name))
  return { url: `${inbox.url}${request.path}`, headers: Object.fromEntries(headers), body: request.body }
}

describe.each(Object.entries(clients))('%s', (_name, { name, send, answer, shows, tampered }) => {
  it('is understood by the fake, which refuses its request once it is changed', async () => {
    const inbox = await startInbox({ rateLimits: false })
    expect(await send(inbox.channels[name], inbox)).toMatchObject(answer as object)
    const received = inbox.received()
    expect(received.filter(({ ok }) => !ok)).toEqual([])
    expect(received.at(-1)).toMatchObject({ provider: name, view: { text: expect.stringContaining(shows) } })
    const { method } = received.at(-1)!.request
    for (const [what, change, words] of tampered) {
      const sent = lastOf(inbox)
      change(sent)
      expect(sent, what).not.toEqual(lastOf(inbox))
      const response = await fetch(sent.url, {
        method,
        headers: sent.headers,
        ...(method !== 'GET' && { body: sent.body }),
      })
      expect(await response.text(), what).toContain(words)
      expect(inbox.received().at(-1)?.ok, what).toBe(false)
    }
  })
})

it.each([
  'eu-central-1',
  'us-gov-west-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
])('Amazon SNS of %s is asked where the client of Amazon asks', async (region) => {
  const client = new SNSClient({ region, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  const asked: string[] = []
  const keys = { region, accessKeyId: 'a', secretAccessKey: 'b', to: ['+15005550001'] }
  await deliver(sns, keys, aMessage({ to: ['+15005550001'] }), {
    fetch: async (url) => {
      asked.push(String(url))
      return new Response(null, { status: 500 })
    },
  })
  const { url } = client.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false })
  expect(asked).toEqual([url.href])
})
