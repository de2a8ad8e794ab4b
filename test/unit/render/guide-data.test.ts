/**
 * What the guide to messages asks of data, colours and signs: the names are English in every language, and
 * say each thing once.
 */
import { describe, expect, it } from 'vitest'
import { hook, openHub, second, start } from '../hub/state-rig.ts'

const wide = {
  level: 50,
  msg: 'charge 17 failed',
  userId: 'u1',
  reqId: 'req-17',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  req: { method: 'POST', url: '/api/charge' },
  res: { statusCode: 502 },
  err: {
    type: 'GatewayError',
    message: 'gateway timeout',
    code: 'GW_TIMEOUT',
    stack: 'GatewayError: gateway timeout\n    at charge (/src/pay.ts:42:7)',
    cause: { type: 'Error', message: 'socket hang up' },
  },
}

const prompt = { wait: 0, interval: 0, minSeverity: 'info', sendResolved: true } as const
const channels = {
  hook: { ...hook('hook'), ...prompt },
  pagerduty: { type: 'pagerduty', routingKey: '0'.repeat(32), ...prompt },
  opsgenie: { type: 'opsgenie', apiKey: '00000000-0000-0000-0000-000000000000', ...prompt },
  alertmanager: { type: 'alertmanager', url: 'http://alertmanager.example.com', ...prompt },
  ntfy: { type: 'ntfy', topic: 'ops', ...prompt },
  slack: { type: 'slack', url: 'https://hooks.slack.com/services/T/B/x', ...prompt },
  feishu: { type: 'feishu', url: 'https://open.feishu.cn/open-apis/bot/v2/hook/x', ...prompt },
  wecom: { type: 'wecom', key: '693a91f6-7a0c-4bc4-97a0-0ec2051fa5aa', ...prompt },
} as const

/** Each says in its own way that it took the message. */
function answer(url: string): Response {
  if (url.includes('slack.com')) return new Response('ok')
  const isQueued = /pagerduty|opsgenie/.test(url)
  return new Response('{"code":0,"errcode":0,"id":"m1"}', { status: isQueued ? 202 : 200 })
}

type Body = Readonly<Record<string, never>>

/** What each channel posted, in order. */
async function sent(locale: 'en' | 'zh-CN', lines: readonly object[]): Promise<Record<string, Body[]>> {
  const { hub, clock, posts } = openHub(
    {
      service: 'payments',
      env: 'prod',
      process: 'web-1',
      release: '1.4.1',
      locale,
      timeZone: 'Asia/Shanghai',
      context: {},
      impact: ['userId'],
      include: ['userId'],
      trace: { url: 'https://trace.example.com/{traceId}', logs: 'https://logs.example.com/?q={requestId}' },
      control: { url: 'https://alerts.example.com', secret: 'an example of a secret' },
      rules: [
        {
          name: 'charges',
          match: { msg: { regex: '^charge' } },
          runbook: 'https://wiki.example.com/pay',
          labels: { team: 'pay' },
        },
      ],
      channels,
    },
    { answer },
  )
  hub.write(JSON.stringify({ level: 30, time: start, msg: 'order accepted', reqId: 'req-17' }))
  for (const line of lines) {
    hub.write(JSON.stringify({ time: clock.now(), ...line }))
    await clock.advance(second)
  }
  const hosts: Readonly<Record<keyof typeof channels, string>> = {
    hook: 'im.example.com',
    pagerduty: 'pagerduty.com',
    opsgenie: 'opsgenie.com',
    alertmanager: 'alertmanager.example.com',
    ntfy: 'ntfy.sh',
    slack: 'slack.com',
    feishu: 'feishu.cn',
    wecom: 'qq.com',
  }
  return Object.fromEntries(
    Object.entries(hosts).map(([name, host]) => [
      name,
      posts.filter(({ url }) => new URL(url).host.endsWith(host)).map(({ body }) => body as unknown as Body),
    ]),
  )
}

const plainValue = (value: unknown) => (typeof value === 'object' ? undefined : value)

describe.each(['en', 'zh-CN'] as const)('in %s', (locale) => {
  it('the JSON of a webhook has its names, each thing once', async () => {
    const [body] = (await sent(locale, [wide]))['hook']!
    expect(Object.keys(body!)).toEqual(
      'version id channel provider reason kind severity at locale subject lead text link links mentions to alerts others omitted notes'.split(
        ' ',
      ),
    )
    const { alerts, links, version } = body as unknown as {
      version: number
      links: { rel: string }[]
      alerts: Record<string, unknown>[]
    }
    expect(version).toBe(1)
    expect(links.map(({ rel }) => rel)).toEqual(['ack', 'silence', 'details', 'trace', 'logs', 'runbook'])
    expect(Object.keys(alerts[0]!)).toEqual(
      'id severity reason shortId fingerprint rule key state headline latestMessage count newCount firstSeen lastSeen nextReminderAt code error location service env release processes impact route requestId traceId traceUrl logsUrl runbook labels fields logLines'.split(
        ' ',
      ),
    )
    expect(alerts[0]).toMatchObject({
      headline: 'charge 17 failed',
      firstSeen: '2026-01-01T00:00:00.000Z',
      error: {
        type: 'GatewayError',
        message: 'gateway timeout',
        code: 'GW_TIMEOUT',
        rootCause: 'socket hang up',
      },
      location: 'charge (src/pay.ts:42)',
      impact: { userId: 1 },
      route: { method: 'POST', path: '/api/charge', status: 502 },
      processes: [{ name: 'web-1', count: 1 }],
      labels: { team: 'pay' },
      fields: { userId: 'u1' },
      logLines: [{ time: '2026-01-01T00:00:00.000Z', level: 'info', text: 'order accepted' }],
    })
  })

  it('PagerDuty and Opsgenie have the same details, by English names', async () => {
    const { pagerduty, opsgenie } = await sent(locale, [wide])
    const {
      payload,
      links,
      client_url: address,
    } = pagerduty![0] as unknown as {
      payload: Record<string, unknown>
      links: { text: string }[]
      client_url: string
    }
    const details = payload['custom_details'] as Record<string, unknown>
    expect(Object.keys(details)).toEqual(
      'alert_id rule count new_count first_seen last_seen processes release impact code error_type error_message root_cause location route http_status request_id trace_id labels fields log_lines runbook'.split(
        ' ',
      ),
    )
    expect(details).toMatchObject({ count: 1, http_status: 502, route: 'POST /api/charge' })
    expect(payload).toMatchObject({
      summary: `payments prod${locale === 'en' ? ': ' : '：'}charge 17 failed`,
      severity: 'error',
      source: 'web-1',
      component: 'payments',
      group: 'prod',
      class: 'GW_TIMEOUT',
    })
    expect(address).toMatch(/^https:\/\/alerts\.example\.com\/a\//)
    expect(links.map(({ text }) => text)).toEqual(
      locale === 'en'
        ? ['Details', 'Open trace', 'Search logs', 'Runbook']
        : ['查看详情', '查看链路', '查看日志', '处理手册'],
    )
    const alert = opsgenie![0] as unknown as Record<string, object>
    expect(Object.keys(alert['details']!)).toEqual(Object.keys(details))
    expect(Object.values(alert['details']!).map(plainValue)).not.toContain(undefined)
    expect(alert).toMatchObject({
      priority: 'P2',
      source: 'web-1',
      entity: 'payments',
      tags: ['error', 'payments', 'prod'],
    })
  })

  it('Alertmanager has labels that never change, and what may change as annotations', async () => {
    const [[alert]] = (await sent(locale, [wide]))['alertmanager'] as unknown as [
      [{ labels: Record<string, string>; annotations: Record<string, string>; generatorURL: string }],
    ]
    const { fingerprint, ...labels } = alert.labels
    expect(labels).toEqual({
      service: 'payments',
      env: 'prod',
      alertname: 'charges',
      severity: 'error',
      team: 'pay',
    })
    expect(fingerprint).toMatch(/^[\da-f]{16}$/)
    expect(Object.keys(alert.annotations)).toEqual([
      'summary',
      'description',
      'code',
      'request_id',
      'trace_id',
      'runbook_url',
    ])
    expect(alert.generatorURL).toMatch(/^https:\/\/alerts\.example\.com\/a\//)
  })
})

it.each([
  ['critical', '#B3261E', 'red', 'warning', 'rotating_light', 5],
  ['error', '#D93025', 'red', 'warning', 'red_circle', 4],
  ['warning', '#F29900', 'orange', 'warning', 'warning', 3],
  ['info', '#1A73E8', 'blue', 'comment', 'information_source', 2],
] as const)('%s has its colour and sign, and is green once it is over', async (severity, ...signs) => {
  const alert = { key: 'disk', severity }
  const lines = [
    { level: 50, msg: 'disk is full', alert },
    { level: 30, msg: 'disk has room', alert: { ...alert, resolve: true } },
  ]
  const { slack, feishu, wecom, ntfy } = (await sent('en', lines)) as unknown as {
    slack: { attachments: { color: string }[] }[]
    feishu: { card: { header: { template: string } } }[]
    wecom: { markdown: { content: string } }[]
    ntfy: { tags: string[]; priority: number }[]
  }
  const signsOf = (index: number) => [
    slack[index]?.attachments[0]?.color,
    feishu[index]?.card.header.template,
    /<font color="(\w+)">/.exec(wecom[index]?.markdown.content ?? '')?.[1],
    ntfy[index]?.tags[0],
    ntfy[index]?.priority,
  ]
  expect(signsOf(0)).toEqual(signs)
  expect(signsOf(1)).toEqual(['#188038', 'green', 'info', 'white_check_mark', 2])
})

it('a test is grey, and its push has the sign of a test', async () => {
  const { slack, feishu, wecom, ntfy } = (await sent('en', [
    { level: 30, msg: 'test', alert: { code: 'ALERT_TEST', severity: 'info' } },
  ])) as unknown as {
    slack: { attachments: { color: string }[] }[]
    feishu: { card: { header: { template: string } } }[]
    wecom: { markdown: { content: string } }[]
    ntfy: { tags: string[] }[]
  }
  expect(slack[0]?.attachments[0]?.color).toBe('#5F6368')
  expect(feishu[0]?.card.header.template).toBe('grey')
  expect(wecom[0]?.markdown.content).toContain('<font color="comment">')
  expect(ntfy[0]?.tags).toEqual(['test_tube'])
})
