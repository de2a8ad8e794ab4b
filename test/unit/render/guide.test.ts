/**
 * What the guide to messages asks of each kind of message, in both languages: what differs between kinds,
 * line by line, and ten messages whole as each family of channels joins their parts.
 */
import { describe, expect, it } from 'vitest'
import { inSoak } from '../../soak.ts'
import { forbidden } from './forbidden.ts'
import { kinds } from './guide-kinds.ts'
import { type Locale, play, type Sent } from './guide-rig.ts'
import { type Link, type Parts, ten, type Whole } from './guide-ten.ts'

const languages = [
  ['English', 'en', 'en'],
  ['Chinese', 'zh-CN', 'zh'],
] as const

describe.each(languages)('in %s', (_, locale, key) => {
  it.each(kinds)('the line is that of the guide: $name', async (kind) => {
    const { of = 'chat', at = -1 } = kind
    const sent = await play(kind, locale)
    const [subject, ...lines] = kind[key]
    const said = sent[of]?.at(at)?.split('\n') ?? []
    expect(said[0]).toBe(subject)
    expect(said).toEqual(
      expect.arrayContaining(
        lines.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))),
      ),
    )
    expect(badWordsIn(sent)).toEqual([])
  })

  const cheap = ten.filter(({ isLarge }) => !isLarge || locale === 'en')

  it.each(inSoak(ten, cheap))('each family says all that it has room for: $name', async (whole) => {
    const sent = await play(whole, locale)
    const parts = whole[key]
    for (const [family, write] of Object.entries(families))
      expect(last(sent, family), family).toBe(write(parts, locale, whole))
    const [title = '', ...lines] = last(sent, 'push')?.split('\n') ?? []
    expect(subjectOf(parts, locale)).toContain(title.replace(/…$/, ''))
    expect(title.length).toBeLessThanOrEqual(80)
    if (parts.push !== undefined) expect(lines).toEqual(parts.push)
    expect(badWordsIn(sent)).toEqual([])
  })
})

function badWordsIn(sent: Sent): readonly string[] {
  const lines = Object.values(sent)
    .flat()
    .flatMap((text) => text.split('\n'))
  return lines.filter((line) => forbidden.some((word) => word.test(line)))
}

function last(sent: Sent, family: string): string | undefined {
  return sent[family]?.at(-1)
}

const labels: Readonly<Record<Locale, Readonly<Record<Link, string>>>> = {
  en: {
    ack: 'Acknowledge',
    silence: 'Silence 1 h',
    details: 'Details',
    trace: 'Open trace',
    runbook: 'Runbook',
  },
  'zh-CN': {
    ack: '认领',
    silence: '静默 1 小时',
    details: '查看详情',
    trace: '查看链路',
    runbook: '处理手册',
  },
}

/** A storm is answered by its first alert, and its details are the list of all. */
function addressOf(link: Link, { runbook = '' }: Whole, { facts = [], list }: Parts): string {
  const page = 'https://alerts.example.com'
  const trace = facts.find(([label]) => label === 'traceId')?.[1]
  switch (link) {
    case 'ack':
      return `${page}/a/{id}?do=ack`
    case 'silence':
      return `${page}/a/{id}?do=silence&for=1h`
    case 'details':
      return list === undefined ? `${page}/a/{id}` : `${page}/`
    case 'trace':
      return `https://trace.example.com/${trace}`
    case 'runbook':
      return runbook
  }
}

const colonOf = (locale: Locale) => (locale === 'en' ? ': ' : '：')
const idOf = (locale: Locale) => (locale === 'en' ? 'ID {id}' : '编号 {id}')

/** Mails leave out the count and that it still fires; a push message has room for 80 characters. */
function subjectOf({ tag, names, headline, times, suffix }: Parts, locale: Locale, hasCount = true): string {
  const count = hasCount && times !== undefined ? ` ×${times}` : ''
  const end = suffix === undefined ? '' : locale === 'en' ? ` ${suffix}` : suffix
  return `[${tag}] ${names}${colonOf(locale)}${headline}${count}${end}`
}

/** The lines of a message that is answered, or none. */
function answer({ links }: Parts, locale: Locale, write: (link: Link) => string): string[] {
  return links === undefined ? [] : [[idOf(locale), ...links.map(write)].join(' · ')]
}

const nonEmpty = (blocks: readonly (readonly string[])[]) =>
  blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))

type Writer = (parts: Parts, locale: Locale, whole: Whole) => string | undefined

const families: Readonly<Record<string, Writer>> = {
  mail(parts, locale, whole) {
    const { lead, text = [], list = [], facts = [], lines = [], next, links } = parts
    const colon = colonOf(locale)
    const before = locale === 'en' ? 'Log lines before it:' : '此前日志：'
    const head = [...(lead === undefined ? [] : [lead]), ...text, ...list.map((line) => `  ${line}`)]
    const facing = facts.map(([label, value]) => label + colon + value)
    const logged = lines.length === 0 ? [] : [before, ...lines.map((line) => `  ${line}`)]
    const answers = links?.map((link) => labels[locale][link] + colon + addressOf(link, whole, parts)) ?? []
    const id = links === undefined ? [] : [idOf(locale)]
    return nonEmpty([
      [`Subject: ${subjectOf(parts, locale, false)}`],
      head,
      [...facing, ...logged],
      [...(next === undefined ? [] : [next]), ...id, ...answers],
    ]).join('\n\n')
  },
  chat(parts, locale) {
    const { lead, text = [], list = [], facts = [], lines = [], next } = parts
    return nonEmpty([
      [subjectOf(parts, locale)],
      [...(lead === undefined ? [] : [lead]), ...text, ...list],
      facts.map(([label, value]) => label + colonOf(locale) + value),
      lines,
      [
        ...(next === undefined ? [] : [next]),
        ...answer(parts, locale, (link) => `‹${labels[locale][link]}›`),
      ],
    ]).join('\n')
  },
  robot(parts, locale, whole) {
    const { lead, text = [], list = [], facts = [], lines = [], next } = parts
    const linked = (link: Link) => `[${labels[locale][link]}](${addressOf(link, whole, parts)})`
    const shown = (label: string, value: string) =>
      label === 'traceId' ? `[${value}](${addressOf('trace', whole, parts)})` : value
    return nonEmpty([
      [`### ${subjectOf(parts, locale)}`],
      [...(lead === undefined ? [] : [`**${lead}**`]), ...text.map((line) => line.replace('<', '\\<'))],
      list.map((line) => `- ${line}`),
      facts.map(([label, value]) => `- **${label}**${colonOf(locale)}${shown(label, value)}`),
      lines.map((line) => `> ${line}`),
      [...(next === undefined ? [] : [next]), ...answer(parts, locale, linked)],
    ]).join('\n')
  },
  sms: ({ sms }) => sms,
  console(parts, locale, { runbook, isKept }) {
    const { lead, text = [], list = [], lines = [], next, links = [] } = parts
    const known = links.includes('runbook') ? [[labels[locale].runbook, runbook ?? '']] : []
    const facts = [...(parts.facts ?? []), ...known] as readonly (readonly [string, string])[]
    const columns = (label: string) => label.length + (label.match(/[\u4e00-\u9fff]/g)?.length ?? 0)
    const width = Math.max(...facts.map(([label]) => columns(label)))
    const rows = facts.map(([label, value]) => {
      const link = label === 'traceId' ? `  https://trace.example.com/${value}` : ''
      return `${label}${' '.repeat(width - columns(label))}  ${value}${link}`
    })
    const isStorm = list.length > 0
    // With a state directory the command reaches the process.
    const command = isKept && links.includes('ack') ? ' · npx alert-transport silence {id} 1h' : ''
    const said = [...(lead === undefined ? [] : [lead]), ...text]
    const blocks = nonEmpty([...(isStorm ? [said, list] : [said]), rows, lines])
    const body = blocks.join('\n\n').split('\n')
    return [
      `┌ ${subjectOf(parts, locale)}`,
      ...body.map((line) => `│ ${line}`.trimEnd()),
      `└ ${[next, parts.links && idOf(locale) + command].filter(Boolean).join(' ')}`.trimEnd(),
    ].join('\n')
  },
}
