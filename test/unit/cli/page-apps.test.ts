import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Contrast, hasBrowser, measureContrast, openPage, unlessSkipped } from './browser.ts'
import { startInbox } from './inbox.ts'

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString()
const trace = 'https://trace.example.com/1'

/** A body per provider, and what its app makes of it: words by the place where they are shown. */
const sent: readonly (readonly [
  provider: string,
  body: unknown,
  shown: Readonly<Record<string, string>>,
  path?: string,
  headers?: Readonly<Record<string, string>>,
])[] = [
  [
    'slack',
    {
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'down & <b>' } },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            text: '*bold* &lt;x&gt; :fire:\n&gt; quoted <!here>\n```line 1\nline 2```',
          },
        },
        {
          type: 'section',
          fields: [
            { type: 'mrkdwn', text: '*k*' },
            { type: 'plain_text', text: '*v*' },
          ],
        },
        {
          type: 'rich_text',
          elements: [
            { type: 'rich_text_section', elements: [{ type: 'text', text: 'rich', style: { code: true } }] },
          ],
        },
        {
          type: 'actions',
          elements: [
            { type: 'button', style: 'danger', text: { type: 'plain_text', text: 'Open' }, url: trace },
          ],
        },
      ],
      attachments: [{ color: '#B3261E', text: 'edge', fields: [{ title: 'f', value: 'g' }] }],
    },
    {
      '.slack-header': 'down & <b>',
      '.slack-section strong': 'bold',
      blockquote: 'quoted @here',
      pre: 'line 1\nline 2',
      '.slack-fields': 'k*v*',
      code: 'rich',
      'a.button.danger': 'Open',
      '.attachment dd': 'g',
    },
  ],
  [
    'dingtalk',
    {
      msgtype: 'actionCard',
      actionCard: {
        title: 't',
        text: '## down\n\n- one\n- two\n\nfirst\nsame line',
        singleTitle: 'Open',
        singleURL: trace,
      },
    },
    { h2: 'down', 'li:last-child': 'two', p: 'first same line', 'a.button': 'Open' },
  ],
  [
    'wecom',
    {
      msgtype: 'template_card',
      template_card: {
        main_title: { title: 'down', desc: 'since 5' },
        horizontal_content_list: [{ keyname: 'code', value: 'X1' }],
        jump_list: [{ type: 1, url: trace, title: 'trace' }],
      },
    },
    { '.card-title': 'down', dd: 'X1', 'a.button': 'trace' },
  ],
  [
    'feishu',
    {
      msg_type: 'interactive',
      card: {
        header: { title: { tag: 'plain_text', content: 'down' }, template: 'red' },
        elements: [
          { tag: 'div', text: { tag: 'lark_md', content: '**code** &lt;at&gt; <at id=all></at>' } },
          {
            tag: 'action',
            actions: [
              { tag: 'button', type: 'primary', text: { tag: 'plain_text', content: 'Open' }, url: trace },
            ],
          },
          { tag: 'note', elements: [{ tag: 'plain_text', content: 'reminder' }] },
        ],
      },
    },
    {
      '.lark-head.lark-red': 'down',
      strong: 'code',
      '.mention': '@all',
      'a.button.primary': 'Open',
      '.lark-note': 'reminder',
    },
  ],
  [
    'discord',
    {
      content: '<@123> **hey** \\*plain\\*',
      embeds: [
        {
          title: 'down',
          url: trace,
          color: 0xd93025,
          description: '-# small\n`code`',
          fields: [{ name: 'k', value: 'v', inline: true }],
        },
      ],
    },
    {
      '.bubble > p': '@123 hey *plain*',
      '.embed-title a': 'down',
      '.embed small': 'small',
      '.embed .inline': 'kv',
    },
  ],
  [
    'telegram',
    {
      text: '<b>down</b> <code>a &lt; b</code> <unknown> <a href="https://e.example/">link</a>',
      parse_mode: 'HTML',
      reply_markup: { inline_keyboard: [[{ text: 'Open', url: trace }]] },
    },
    { strong: 'down', code: 'a < b', '.html': 'down a < b <unknown> link', '.keyboard a': 'Open' },
  ],
  [
    'teams',
    {
      type: 'message',
      attachments: [
        {
          content: {
            type: 'AdaptiveCard',
            body: [
              { type: 'TextBlock', text: '**down**', color: 'Attention', weight: 'Bolder', wrap: true },
              { type: 'FactSet', facts: [{ title: 'code', value: 'X1' }] },
              {
                type: 'Container',
                style: 'emphasis',
                items: [{ type: 'TextBlock', text: '<at>Ann</at>', wrap: true }],
              },
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open', url: trace }],
          },
        },
      ],
    },
    { '.colour-attention': 'down', dd: 'X1', '.mention': '@Ann', 'a.button': 'Open' },
  ],
  [
    'googlechat',
    {
      text: '*down* <users/all>',
      cardsV2: [
        {
          card: {
            header: { title: 'card' },
            sections: [
              {
                widgets: [
                  { textParagraph: { text: '<b>bold</b> <font color="#b3261e">red</font>' } },
                  { decoratedText: { topLabel: 'code', text: 'X1' } },
                  { buttonList: { buttons: [{ text: 'Open', onClick: { openLink: { url: trace } } }] } },
                ],
              },
            ],
          },
        },
      ],
    },
    { '.mention': '@all', '.adaptive strong': 'bold', '.decorated': 'codeX1', 'a.button': 'Open' },
  ],
  [
    'mattermost',
    {
      text: '#### down\n@ann',
      attachments: [{ color: '#d93025', text: '**a**', fields: [{ title: 'k', value: '`v`' }] }],
    },
    { h4: 'down', '.mention': '@ann', '.attachment code': 'v' },
  ],
  [
    'rocketchat',
    { text: '*down*', attachments: [{ title: 'trace', title_link: trace, text: 'more' }] },
    { strong: 'down', '.attachment a': 'trace' },
  ],
  [
    'zulip',
    form({
      type: 'stream',
      to: 'ops',
      topic: 'payments',
      content: '**down**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n@**Ann**',
    }),
    { '.topic': '#ops › payments', 'td:last-child': '2', '.mention': '@Ann' },
  ],
  [
    'matrix',
    {
      msgtype: 'm.text',
      body: 'down',
      format: 'org.matrix.custom.html',
      formatted_body: '<h3>down</h3><ul><li>x</li></ul>',
      'm.mentions': { room: true },
    },
    { h3: 'down', li: 'x', '.mention': '@room' },
  ],
  ['line', { to: 'U1', messages: [{ type: 'text', text: 'down\nagain' }] }, { '.plain': 'down\nagain' }],
  [
    'webex',
    { roomId: 'r', markdown: '**down** <@personEmail:a@example.com|Ann>' },
    { strong: 'down', '.mention': '@Ann' },
  ],
  [
    'pagerduty',
    {
      event_action: 'trigger',
      dedup_key: 'k1',
      payload: { summary: 'down', severity: 'critical', source: 'host', custom_details: { code: 'X1' } },
      links: [{ href: trace, text: 'trace' }],
    },
    { '.state': 'triggered', '.incident-title': 'down', '.key': 'k1', 'a.button': 'trace' },
  ],
  [
    'opsgenie',
    { note: 'over' },
    { '.over .state': 'closed', '.incident-title': 'over' },
    '/opsgenie/v2/alerts/a1/close?identifierType=alias',
  ],
  [
    'alertmanager',
    [
      {
        labels: { alertname: 'X', severity: 'error', service: 's' },
        annotations: { summary: 'down' },
        endsAt: '2020-01-01T00:00:00Z',
      },
    ],
    { '.over .state': 'resolved', '.incident-title': 'down', '.label': 'service=s' },
  ],
  [
    'twilio',
    form({ To: '+15005550001', From: '+15005550006', Body: `${'a'.repeat(159)}^` }),
    { '.segments': '2 segments · GSM-7 · 161 characters' },
  ],
  [
    'sns',
    form({ Action: 'Publish', PhoneNumber: '+1', Message: `${'a'.repeat(70)}中` }),
    { '.segments': '2 segments · UCS-2 · 71 characters · not in the GSM alphabet: 中' },
  ],
  [
    'aliyun-sms',
    form({ PhoneNumbers: '138', SignName: 'Ops', TemplateCode: 'SMS_1', TemplateParam: '{"what":"down"}' }),
    { '.phone-to': '【Ops】 → 138', dd: 'down' },
  ],
  [
    'tencent-sms',
    { PhoneNumberSet: ['+86138'], SignName: 'Ops', TemplateId: '7', TemplateParamSet: ['down'] },
    { dt: '{1}', dd: 'down' },
  ],
  [
    'ntfy',
    {
      topic: 'ops',
      title: 'down',
      message: '**x**',
      markdown: true,
      priority: 5,
      tags: ['fire', 'prod'],
      click: trace,
    },
    { '.notice.urgent .notice-title': '🔥 down', strong: 'x', '.label': 'prod' },
  ],
  [
    'ntfy',
    'plain words',
    { '.notice-title': 'down', '.plain': 'plain words' },
    '/ntfy/ops',
    { title: 'down' },
  ],
  [
    'pushover',
    form({
      title: 'down',
      message: '<b>x</b> <font color="#b3261e">y</font>',
      html: '1',
      url: trace,
      url_title: 'Open',
    }),
    { '.notice-title': 'down', strong: 'x', 'a.button': 'Open' },
  ],
  [
    'bark',
    { title: 'down', subtitle: 'prod', body: 'x', level: 'critical', url: trace },
    { '.urgent .notice-title': 'down', '.notice-subtitle': 'prod' },
  ],
  [
    'serverchan',
    { title: 'down', desp: '1. one\n2. two' },
    { '.notice-title': 'down', 'ol li:last-child': 'two' },
  ],
  [
    'gotify',
    {
      title: 'down',
      message: '*x*',
      priority: 8,
      extras: { 'client::display': { contentType: 'text/markdown' } },
    },
    { '.urgent .notice-title': 'down', em: 'x' },
  ],
  [
    'webhook',
    { subject: 'down', text: 'down\n\nwords', severity: 'error', more: { deep: 1 } },
    { '.card-title': 'down', '.plain': 'words', dd: 'error' },
  ],
  ['a-new-one', { message: 'words', code: 'X1' }, { '.plain': 'words', dd: 'X1' }],
]

/** Lets the page's stream tell of messages that no fake had to take, so that each app is tried alone. */
async function withMessages(page: Page) {
  const received = sent.map(([provider, body, , path = `/${provider}/`, headers = {}], index) => {
    const isText = typeof body === 'string'
    const type = isText ? 'application/x-www-form-urlencoded' : 'application/json'
    return {
      id: index + 1,
      at: 1_760_000_000_000,
      provider,
      ok: true,
      answer: { status: 200, body: 'ok' },
      request: {
        method: 'POST',
        path,
        headers: { 'content-type': type, ...headers },
        body: isText ? body : JSON.stringify(body),
        secure: false,
      },
      view: {
        text: '',
        mentions: ['@all'],
        notes: ['a note'],
        bytes: 10,
        size: 90,
        limit: 100,
        unit: 'bytes',
      },
    }
  })
  const events = received.map((one) => `id: ${one.id}\nevent: received\ndata: ${JSON.stringify(one)}\n\n`)
  const hello = `event: hello\ndata: ${JSON.stringify({ inbox: 'x', from: 1, notified: {}, providers: [], channels: {} })}\n\n`
  await page.route('**/api/events*', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: hello + events.join('') }),
  )
}

describe.skipIf(!hasBrowser)(`the pictures of the apps${unlessSkipped}`, () => {
  it('show what each app would: headings, marks, facts, buttons, mentions, segments', async () => {
    const inbox = await startInbox()
    const { page, faults } = await openPage(inbox.url, {
      viewport: { width: 1300, height: 20_000 },
      on: withMessages,
    })
    for (const [index, [provider, , shown]] of sent.entries()) {
      const app = page.locator(`article[data-id="${index + 1}"] .app`)
      await app.waitFor()
      for (const [place, words] of Object.entries(shown))
        expect((await app.locator(place).first().textContent())?.trim(), `${provider} ${place}`).toBe(words)
    }
    expect(faults).toEqual([])
  })

  it('are readable in light and in dark', async () => {
    const inbox = await startInbox()
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await openPage(inbox.url, {
        viewport: { width: 1300, height: 20_000 },
        colorScheme,
        on: withMessages,
      })
      // They come one by one.
      await page.locator(`article[data-id="${sent.length}"] .app`).waitFor()
      const measured = (await page.evaluate(measureContrast)) as Contrast[]
      expect(measured.length).toBeGreaterThan(200)
      // A colour that the sender chose is the sender's affair.
      const ours = measured.filter(({ words }) => !/: (?:red|y)$/.test(words))
      expect(ours.filter(({ contrast }) => contrast < 4.5)).toEqual([])
    }
  })
})
