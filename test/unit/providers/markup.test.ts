import { describe, expect, it } from 'vitest'
import { type Dialect, safeHref, writeMessage, writePlain } from '#core/provider/markup.ts'
import { aCard, aMessage } from './support.ts'

const html: Dialect = {
  escape: (data) => data.replaceAll('<', '&lt;'),
  bold: (markup) => `<b>${markup}</b>`,
  link: (markup, href) => `<a ${href}>${markup}</a>`,
  heading: (markup) => `<h>${markup}</h>`,
  code: (lines) => `<pre>${lines.join('|')}</pre>`,
  newline: '/',
}

describe('a message', () => {
  it('reads as plain text in the order to act on it', () => {
    expect(
      writePlain(
        aMessage({ closing: ['and 3 more', 'next reminder in 5 min'], brief: ['[ERROR] disk full ×2'] }),
      ),
    ).toBe(
      [
        '[ERROR] payments prod: card gateway timeout ×37',
        '',
        '[ERROR] card gateway timeout ×37',
        'card gateway timeout after 3000 ms',
        'since: 14:05:00 +08:00',
        'traceId: 4bf92f35 (https://trace.example.com/4bf92f35)',
        '  14:04:58 info calling gateway',
        '  14:04:59 warn slow',
        '',
        '[ERROR] disk full ×2',
        '',
        'and 3 more',
        'next reminder in 5 min',
      ].join('\n'),
    )
  })

  it('has its lead before all else: that of several alerts once, that of each in its card', () => {
    const several = aMessage({
      lead: '9 more records.',
      cards: [aCard({ lead: '4 times <b>.' }), aCard({ id: '2', title: '' })],
      closing: [],
    })
    expect(writeMessage(several, html)).toContain('</h>//<b>9 more records.</b>//<b>[ERROR] card')
    expect(writeMessage(several, html)).toContain('<b>4 times &lt;b>.</b>/card gateway timeout after')
  })

  it('is written in a dialect, its data escaped everywhere', () => {
    const card = aCard({
      title: '<t>',
      text: '<x>\n<y>',
      facts: [{ label: '<l>', value: '<v>', url: 'https://t.example/<' }],
      runbook: 'https://wiki.example/r',
      context: [],
    })
    const message = aMessage({ subject: '<s>', cards: [card], brief: ['<br>'], closing: ['<c>'] })
    expect(writeMessage(message, html, { mentions: '@ops' })).toBe(
      '<h>&lt;s></h>/@ops//<b>&lt;t></b>/&lt;x>/&lt;y>/<b>&lt;l></b>: <a https://t.example/%3C>&lt;v></a>/' +
        '<b>Runbook</b>: <a https://wiki.example/r>https://wiki.example/r</a>//&lt;br>//&lt;c>',
    )
  })

  it('leaves out a subject that is shown elsewhere, and parts blocks as the dialect says', () => {
    const message = aMessage({ cards: [], brief: ['one', 'two'], closing: ['end'] })
    expect(writeMessage(message, { ...html, gap: '~' }, { subject: false })).toBe('one/two~end')
  })

  it('says a title once: not again where the subject holds it word for word', () => {
    expect(writePlain(aMessage())).not.toContain('[ERROR] card gateway')
    expect(writePlain(aMessage({ subject: 'Alert!' }))).toContain('[ERROR] card gateway timeout ×37')
  })

  it('gives each further alert its title, also where the subject happens to hold its words', () => {
    const cards = [
      aCard({ id: 'a', title: '[CRITICAL] card gateway timeout: ledger' }),
      aCard({ id: 'b', title: '[ERROR] alert' }),
      aCard({ id: 'c', title: '[ERROR] card gateway timeout' }),
      aCard({ id: 'd', title: '[CRITICAL] card gateway timeout: ledger' }),
    ]
    const subject = '[CRITICAL] payments prod: 4 new alerts, worst: card gateway timeout: ledger'
    const notified = writePlain(aMessage({ subject, cards })).split('\n')
    expect(notified.filter((line) => line.startsWith('['))).toEqual([
      subject,
      '[CRITICAL] card gateway timeout: ledger',
      '[ERROR] alert',
      '[ERROR] card gateway timeout',
      '[CRITICAL] card gateway timeout: ledger',
    ])
  })

  it("shows the user's own body in place of the alerts, escaped too", () => {
    expect(writeMessage(aMessage({ body: '<b>\nnow', closing: [] }), html)).toBe(
      '<h>[ERROR] payments prod: card gateway timeout ×37</h>//&lt;b>/now',
    )
  })

  it('keeps its link where no card is left to show one', () => {
    const link = { label: 'trace', url: 'https://t.example/1' }
    expect(writePlain(aMessage({ cards: [], brief: ['one'], link, closing: [] }))).toContain(
      'one\ntrace (https://t.example/1)',
    )
  })

  it('says a link once that ends the message', () => {
    const details = { rel: 'details', label: 'Details', url: 'https://a.example/1' } as const
    const message = aMessage({
      ...{ cards: [], brief: ['one'], link: details, closing: [] },
      answer: { text: 'ID 3fa0c1', links: [details] },
    })
    expect(writePlain(message).match(/a\.example/g)).toHaveLength(1)
  })

  it('speaks the language of the channel', () => {
    const message = aMessage({ locale: 'zh-CN', cards: [aCard({ runbook: 'https://wiki.example/r' })] })
    expect(writePlain(message)).toContain('处理手册：https://wiki.example/r')
  })
})

describe('an address', () => {
  it('is a link only if it is http(s), and cannot end the link', () => {
    expect(safeHref('javascript:alert(1)')).toBeUndefined()
    expect(safeHref('not an address')).toBeUndefined()
    expect(safeHref('https://t.example/a)b|c>d"e f?q=(x)#[y]')).toBe(
      'https://t.example/a%29b%7Cc%3Ed%22e%20f?q=%28x%29#%5By%5D',
    )
    expect(safeHref('http://user:pass@[::1]:3000/x')).toBe('http://[::1]:3000/x')
  })
})
