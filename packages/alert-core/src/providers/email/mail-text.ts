/**
 * The text part and the html part of a mail. The subject stands above them already: they start with the lead,
 * which mail programs show in their lists.
 */
import { listAndClosing, runbookWord, safeHref } from '../../provider/markup.ts'
import { colourOf } from '../../provider/palette.ts'
import type { AlertCard, Fact, Message } from '../../provider/provider.ts'
import { cleanLine, cleanText, escapeHtml } from '../../text/text.ts'

const words = {
  en: { colon: ': ', lines: 'Log lines before it' },
  'zh-CN': { colon: '：', lines: '此前日志' },
} as const

/** The text part. Facts one a line, addresses in full on lines of their own. */
export function writeMailText(message: Message): string {
  const { lead, brief, body, cards, answer, facts = [], locale } = message
  const { list: others, closing } = listAndClosing(message)
  const links = linkLines(message)
  // The id and its links follow the next reminder at once.
  const last = answer === undefined ? [closing, links] : [[...closing, ...lines(answer.text), ...links]]
  if (body !== undefined) return blocks([body.split('\n'), ...(answer === undefined ? [closing] : last)])
  const isOne = cards.length + brief.length + message.more <= 1
  const list = others.map((line) => (lead === '' ? line : `  ${line}`))
  // A list below its lead, or below the cards that it continues.
  const top = cards.length === 0 ? [...lines(lead), ...list] : lines(lead)
  return blocks([
    top,
    ...cards.flatMap((card) => cardBlocks(card, message, isOne)),
    cards.length === 0 ? [] : list,
    factLines(facts, locale),
    ...last,
  ])
}

function factLines(facts: readonly Fact[], locale: Message['locale']): string[] {
  return facts.map(({ label, value }) => `${label}${words[locale].colon}${value}`)
}

function cardBlocks(card: AlertCard, { locale }: Message, isOne: boolean): string[][] {
  const { colon, lines: linesBefore } = words[locale]
  const head = [...(isOne ? [] : [card.title]), ...lines(card.lead), ...lines(card.text)]
  const context =
    card.context.length === 0
      ? []
      : [`${linesBefore}${colon.trim()}`, ...card.context.map((line) => `  ${line}`)]
  return [head, [...factLines(card.facts, locale), ...context]]
}

function linkLines(message: Message): string[] {
  const { colon } = words[message.locale]
  return linksOf(message).map(({ label, url }) => `${label}${colon}${url}`)
}

/** All links of the message, each address once. */
function linksOf({ links, link, cards, locale }: Message): readonly { label: string; url: string }[] {
  const ofCards = cards.flatMap(({ facts, runbook }) => [
    ...facts.flatMap(({ label, url }) => (url === undefined ? [] : [{ label, url }])),
    ...(runbook === undefined ? [] : [{ label: runbookWord(locale), url: runbook }]),
  ])
  const all = [...(links ?? (link === undefined ? [] : [link])), ...ofCards]
  return all.filter(({ url }, index) => all.findIndex((one) => one.url === url) === index)
}

function lines(text: string): string[] {
  return text === '' ? [] : text.split('\n')
}

function blocks(parts: readonly (readonly string[])[]): string {
  return cleanText(
    parts
      .filter((part) => part.length > 0)
      .map((part) => part.join('\n'))
      .join('\n\n'),
  )
}

const font = "font:14px/1.5 -apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',sans-serif"
const mono = 'font:12px/1.5 Menlo,Consolas,monospace;white-space:pre-wrap;word-break:break-word;margin:8px 0'
const grey = 'color:#5F6368'
const button =
  'display:inline-block;padding:6px 14px;margin:0 8px 8px 0;border:1px solid #DADCE0;border-radius:4px;color:#1A73E8;text-decoration:none'

const safe = (data: string) => escapeHtml(cleanLine(data))
const paragraph = (data: string, style = '') =>
  lines(data).map((line) => `<div${style && ` style="${style}"`}>${safe(line)}</div>`)

/**
 * The html part: lead, facts in two columns, links as buttons. Nothing is loaded from elsewhere. Between two
 * texts is a space or the end of a line: a filter takes words with tags inside for spam.
 */
export function writeMailHtml(message: Message): string {
  const { lead, brief, body, cards, facts = [], locale, answer } = message
  const { list: others, closing: closingLines } = listAndClosing(message)
  const closing = [...closingLines, ...lines(answer?.text ?? '')]
  const isOne = cards.length + brief.length + message.more <= 1
  const list = others.flatMap((line) => paragraph(line, 'padding-left:12px'))
  const content =
    body === undefined
      ? [
          ...paragraph(lead, 'font-weight:600'),
          ...(cards.length === 0 ? list : []),
          ...cards.flatMap((card) => cardHtml(card, message, isOne)),
          ...(cards.length === 0 ? [] : list),
          ...factTable(facts),
        ]
      : paragraph(body)
  return [
    '<!DOCTYPE html>',
    `<html lang="${locale}"><head><meta charset="utf-8"></head>`,
    `<body style="margin:0;padding:16px;${font};color:#202124;background:#ffffff">`,
    `<div style="max-width:640px;border-left:4px solid ${colourOf(message)};padding-left:14px">`,
    ...content,
    ...buttons(message),
    `<div style="font-size:12px;${grey};margin-top:12px">`,
    ...closing.flatMap((line) => paragraph(line)),
    `<div>${safe(sentBy(message))}</div>`,
    '</div></div></body></html>',
  ].join('\n')
}

function cardHtml(card: AlertCard, { locale }: Message, isOne: boolean): string[] {
  const context =
    card.context.length === 0
      ? []
      : [
          `<div style="${grey};margin-top:8px">${words[locale].lines}</div>`,
          `<pre style="${mono}">${card.context.map(safe).join('\n')}</pre>`,
        ]
  return [
    ...(isOne ? [] : paragraph(card.title, 'font-weight:600;margin-top:12px')),
    ...paragraph(card.lead, 'font-weight:600'),
    ...paragraph(card.text),
    ...factTable(card.facts),
    ...context,
  ]
}

/** In two columns. */
function factTable(facts: readonly Fact[]): string[] {
  const rows = facts.map(({ label, value, url }) => {
    const href = url === undefined ? undefined : safeHref(url)
    const shown = href === undefined ? safe(value) : `<a href="${escapeHtml(href)}">${safe(value)}</a>`
    return `<tr><td style="${grey};padding:0 12px 0 0;vertical-align:top;white-space:nowrap">${safe(label)}</td>\n<td style="word-break:break-word">${shown}</td></tr>`
  })
  if (rows.length === 0) return []
  return [`<table cellpadding="0" cellspacing="0" style="${font};margin:8px 0">${rows.join('\n')}</table>`]
}

function buttons(message: Message): string[] {
  const shown = linksOf(message).flatMap(({ label, url }) => {
    const href = safeHref(url)
    return href === undefined ? [] : [`<a href="${escapeHtml(href)}" style="${button}">${safe(label)}</a>`]
  })
  return shown.length === 0
    ? []
    : [`<div style="margin-top:12px">${shown.slice(0, mostButtons).join('\n')}</div>`]
}

const mostButtons = 8

/** 'Sent by alert-transport for payments prod' */
function sentBy({ cards, common = {}, parts, locale }: Message): string {
  const { service, env } = { ...common, ...(cards.length === 1 ? cards[0]!.data : {}) }
  const names = [service, env].filter(Boolean).join(' ') || (parts?.names ?? '')
  if (locale === 'en') return `Sent by alert-transport${names && ` for ${names}`}`
  return `由 alert-transport ${names && `为 ${names} `}发送`
}
