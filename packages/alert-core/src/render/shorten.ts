/**
 * Shortens a message step by step until it is only its subject: first the log lines are dropped, then facts,
 * then text, then cards become lines, then there are fewer lines. Which alerts there are stays longer than
 * their details.
 */

import { otherOf } from '../provider/alert-data.ts'
import type { AlertCard, Fact, Message } from '../provider/provider.ts'
import { cutChars } from '../text/text.ts'
import { type Locale, type Words, words } from './phrases.ts'

/** One step: how much of each part a message keeps. */
export interface Cut {
  /** Log lines of a card, the latest ones. */
  readonly context: number
  /** Which facts a card keeps: 3 all, 2 up to traceId, 1 those that identify the problem, 0 none. */
  readonly facts: number
  /** Characters of a fact. */
  readonly value: number
  readonly text: number
  readonly cards: number
  readonly lines: number
  readonly line: number
  /** Characters of a user's own body; 0 drops it. */
  readonly body: number
}

/** With more steps than this, some are skipped: a binary search over them takes at most six renders. */
const mostCuts = 62

/** The steps of a message, longest first; each one drops something that this message has. */
export function cutsOf(message: Message): readonly Cut[] {
  const { cards, brief, body } = message
  const total = totalOf(message)
  const longestOf = (measure: (card: AlertCard) => number) => Math.max(0, ...cards.map(measure))
  let cut: Cut = {
    context: longestOf((card) => card.context.length),
    facts: 3,
    value: Math.max(0, ...cards.flatMap((card) => card.facts.map((fact) => fact.value.length))),
    text: longestOf((card) => card.text.length),
    cards: cards.length,
    lines: cards.length + brief.length,
    line: 200,
    body: body?.length ?? 0,
  }
  const cuts: Cut[] = []
  const lower = (part: keyof Cut, ...steps: readonly number[]) => {
    for (const step of steps) {
      if (step >= cut[part]) continue
      cut = { ...cut, [part]: step }
      cuts.push(cut)
    }
  }

  if (body !== undefined && total === 1) {
    const whole = cut.body
    lower('body', ...[0.8, 0.6, 0.4, 0.2, 0.1, 0.05].map((share) => Math.floor(whole * share)))
    return cuts
  }
  // A cut body of several alerts would lose some of them: the built-in text replaces it.
  lower('body', 0)
  lower('context', ...halves(cut.context))
  lower('value', 200)
  lower('facts', 2)
  lower('text', 600, 300, 160)
  // The facts that identify the problem stay until now, so that people can still act on the alert.
  lower('cards', ...down(cut.cards - 1, 1))
  lower('facts', 1)
  lower('value', 100)
  lower('text', 80, 0)
  lower('facts', 0)
  if (total > 1) {
    lower('cards', 0)
    lower('line', 100, 60)
    lower('lines', ...down(cut.lines - 1, 1))
  }
  return thin(cuts)
}

/** The message after one step. */
export function applyCut(message: Message, cut: Cut): Message {
  const cards = message.cards.slice(0, cut.cards).map((card) => shortCard(card, cut, message.locale))
  const titles = message.cards.slice(cut.cards).map((card) => card.title)
  const brief = [...titles, ...message.brief]
    .slice(0, Math.max(0, cut.lines - cards.length))
    .map((line) => cutChars(line, cut.line))
  const { body, ...rest } = message
  return {
    ...withMore(rest, totalOf(message) - cards.length - brief.length),
    ...cutOthers(message, cut),
    ...stormLead(message, cards.length, brief.length, titles.length),
    cards,
    brief,
    ...(body !== undefined && cut.body > 0 ? { body: cutChars(body, cut.body) } : {}),
  }
}

/** The last step: the subject, which names the first alert, and the number of the others. */
export function subjectOnly(message: Message): Message {
  const { body: _, link: __, links: ___, digest: ____, answer: _____, facts: ______, ...rest } = message
  const short = withMore(rest, Math.max(0, totalOf(message) - 1))
  return {
    ...short,
    lead: '',
    cards: [],
    brief: [],
    others: [],
    closing: short.closing.slice(0, short.more > 0 ? 1 : 0),
  }
}

/**
 * The message that is tried once after a provider said "too long": up to five lines in the plainest syntax.
 * It has an id of its own, because one idempotency key must not have two contents.
 */
export function shortest(message: Message): Message {
  const total = totalOf(message)
  const bare = {
    context: 0,
    facts: 0,
    value: 0,
    text: 0,
    cards: 0,
    lines: Math.min(5, total),
    line: 100,
    body: 0,
  }
  const { link: _, links: __, answer, ...short } = applyCut(message, bare)
  const text = answer === undefined ? {} : { answer: { ...answer, links: [] } }
  const [first] = message.cards
  const conversation = first === undefined ? {} : { firstAlert: first.id }
  return { ...short, ...text, ...conversation, id: `${message.id}-plain`, plain: true }
}

/** Cards that became lines are among the others, which are cut only once lines are. */
function cutOthers({ cards, brief, others }: Message, cut: Cut): Pick<Message, 'others'> {
  if (others === undefined) return {}
  const demoted = cards.slice(cut.cards).map(({ data }) => otherOf(data))
  const all = [...demoted, ...others]
  const isWhole = cut.lines >= cards.length + brief.length
  return { others: isWhole ? all : all.slice(0, Math.max(0, cut.lines - Math.min(cut.cards, cards.length))) }
}

function shortCard(card: AlertCard, cut: Cut, locale: Locale): AlertCard {
  const { runbook, data, ...rest } = card
  const { logLines = [] } = data
  const facts = keptFacts(card.facts, cut.facts, words[locale].fact)
  return {
    ...rest,
    text: cutChars(card.text, cut.text),
    facts: facts.map((fact) => ({ ...fact, value: cutChars(fact.value, cut.value) })),
    context: cut.context > 0 ? card.context.slice(-cut.context) : [],
    data: logLines.length > cut.context ? withLogLines(data, cut.context) : data,
    ...(runbook !== undefined && cut.facts > 0 ? { runbook } : {}),
  }
}

function withLogLines({ logLines = [], ...data }: AlertCard['data'], count: number): AlertCard['data'] {
  return count > 0 ? { ...data, logLines: logLines.slice(-count) } : data
}

/** Labels and included fields come after the facts that every card has. */
function keptFacts(facts: readonly Fact[], level: number, word: Words['fact']): readonly Fact[] {
  if (level >= 3) return facts
  const common = new Set<string>([...Object.values(word), 'requestId', 'traceId'])
  const key = new Set<string>([word.code, word.since, word.time, 'requestId', 'traceId'])
  const firstOther = facts.findIndex((fact) => !common.has(fact.label))
  const core = firstOther < 0 ? facts : facts.slice(0, firstOther)
  if (level === 2) return core
  return level === 1 ? core.filter((fact) => key.has(fact.label)) : []
}

/** 'and N more' is the first of the closing lines; its number changes with each step. */
function withMore<M extends Omit<Message, 'body'>>(message: M, more: number): M {
  const word = words[message.locale]
  const moreOf = moreWord(message, word)
  const others =
    message.more > 0 ? message.closing.filter((line) => line !== moreOf(message.more)) : message.closing
  return { ...message, more, closing: more > 0 ? [moreOf(more), ...others] : others }
}

/** What is only counted are kinds of errors if the message has nothing else. */
export function moreWord({ storm }: Pick<Message, 'storm'>, { more, moreKinds }: Words): Words['more'] {
  return storm === undefined || storm.others !== undefined ? more : moreKinds
}

/** The lead of a storm says how many lines follow, and how many of them are none of its own. */
function stormLead(
  { storm, locale }: Message,
  cards: number,
  lines: number,
  titles: number,
): Pick<Message, 'lead'> | undefined {
  if (storm === undefined) return undefined
  const others = Math.min(lines, titles)
  return { lead: words[locale].stormLead(storm, lines - others, cards + others) }
}

function totalOf({ cards, brief, more }: Message): number {
  return cards.length + brief.length + more
}

function halves(count: number): number[] {
  return count > 1 ? [count >> 1, ...halves(count >> 1)] : [0]
}

function down(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index)
}

function thin(cuts: readonly Cut[]): readonly Cut[] {
  if (cuts.length <= mostCuts) return cuts
  return Array.from(
    { length: mostCuts },
    (_, index) => cuts[Math.round((index * (cuts.length - 1)) / (mostCuts - 1))]!,
  )
}
