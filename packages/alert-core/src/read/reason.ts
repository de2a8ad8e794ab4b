/**
 * The reason in words, where a message is JSON or code: the first issue of a list of them, the line behind
 * the code that Prisma or a compiler quotes, what a database answered to a statement; and several errors
 * beside each other as one text.
 */
import { createMemo } from '../cache/lru.ts'
import type { ErrorInfo } from '../model.ts'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import { eventOf } from './record-message.ts'

/** What a message says in words, and how many other reasons it has. */
export interface Reason {
  readonly text: string
  readonly more: number
  /** It is one of a list: what kind of list says the error's type. */
  readonly isListed: boolean
}

const longest = 16_384
const longestReason = 1_000
const mostLines = 200
const mostLooked = 300
const mostShown = 3
const maxDepth = 3

/** Few messages need a closer look: JSON, several lines, SQL, what a GraphQL client adds. */
export const needsReason = /^[\s{[]|\n|^(?:select|insert|update|delete|with) |^\d{3} \{"|: \{"response":\{/
/** Messages that repeat are read once. */
const known = createMemo<Reason | undefined>(64)

/** `undefined` if the message is the reason as it is. */
export function reasonOf(message: string): Reason | undefined {
  if (!needsReason.test(message) || message.length > longest) return undefined
  const before = known.get(message)
  if (before !== undefined) return before.value
  const reason = find(message.trim())
  known.set(message, reason)
  return reason
}

function find(text: string): Reason | undefined {
  if (text.startsWith('[') || text.startsWith('{')) return listed(text)
  const status = statusBefore.exec(text)?.[0]
  if (status !== undefined) {
    const reason = listed(text.slice(status.length))
    return reason && { ...reason, text: status + reason.text }
  }
  const line = /\n/.test(text) ? (withSecondLine(text) ?? behindCode(text)) : behindStatement(text)
  return line === undefined ? undefined : { text: line.slice(0, longestReason), more: 0, isListed: false }
}

// ── JSON

/** A message that was cut, or holds JSON only to its middle. */
const firstMessage = /"message"\s{0,9}:\s{0,9}"((?:[^"\\]|\\.){1,1000})"/

/** Clients of APIs of language models write the body of the answer behind it. */
export const statusBefore: RegExp = /^\d{3} (?=\{")/

function listed(text: string): Reason | undefined {
  const value = parseJson(text)
  const found = value === undefined ? parseJson(`"${firstMessage.exec(text)?.[1] ?? ''}"`) : wordsIn(value)
  if (typeof found !== 'string' || found === '') return undefined
  const issues = issuesIn(value)
  return {
    text: found.slice(0, longestReason),
    more: Math.max(0, (issues?.length ?? 1) - 1),
    isListed: issues !== undefined || text.startsWith('['),
  }
}

/** What the first issue says, or the values that say most of an object without any. */
function wordsIn(value: unknown): string | undefined {
  return issueOf(value, '', 0) ?? (isObject(value) ? eventOf(value) : undefined)
}

function issuesIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value
  if (!isObject(value)) return undefined
  return [value['issues'], value['errors'], value['details']].find(Array.isArray)
}

/** 'items.0.sku: Required', of the first issue; `path` is where the value lies that holds it. */
function issueOf(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === 'string') return withPath(path, value)
  if (depth > maxDepth) return undefined
  if (Array.isArray(value)) return issueOf(value[0], path, depth + 1)
  if (!isObject(value)) return undefined
  const place = pathOf(value, path)
  const own = [value['message'], value['msg'], value['detail'], value['title']].find(isText)
  // Of a union Zod says only below what is wrong.
  const inner = value['unionErrors'] ?? (value['code'] === 'invalid_union' ? value['errors'] : undefined)
  const below = inner ?? (own === undefined ? (issuesIn(value) ?? errorIn(value)) : undefined)
  const said = below === undefined ? undefined : issueOf(below, place, depth + 1)
  return said ?? withPath(place, own ?? constraintOf(value) ?? '')
}

/** The error in the body of an answer: `{ "error": { "message": … } }`. */
function errorIn({ error }: Readonly<Record<string, unknown>>): unknown {
  return isObject(error) ? error : undefined
}

function pathOf(value: Readonly<Record<string, unknown>>, path: string): string {
  const { path: given, property, instancePath } = value
  if (typeof instancePath === 'string') return [path, ...instancePath.split('/')].filter(Boolean).join('.')
  const parts = Array.isArray(given) ? given.slice(0, 10) : [given ?? property]
  const named = parts.filter((part) => typeof part === 'string' || typeof part === 'number')
  return [path, ...named].filter((part) => part !== '').join('.')
}

/** 'email: Invalid input', of an issue that a validator found: Zod's, Joi's, Ajv's, express-validator's. */
export function issueText(value: Readonly<Record<string, unknown>>, text: string): string {
  const { path, instancePath, location, locations } = value
  // Those of GraphQL have a path and places in the query.
  const isIssue = Array.isArray(path) ? locations === undefined : typeof location === 'string'
  return isIssue || instancePath !== undefined ? (withPath(pathOf(value, ''), text) ?? text) : text
}

/** class-validator's: 'email must be an email'. */
export function constraintOf(value: Readonly<Record<string, unknown>>): string | undefined {
  const { constraints, children, property } = value
  if (isObject(constraints)) return Object.values(constraints).find(isText)
  const inner = Array.isArray(children) && isObject(children[0]) ? constraintOf(children[0]) : undefined
  return inner === undefined || typeof property !== 'string' ? undefined : `${property}.${inner}`
}

function withPath(path: string, text: string): string | undefined {
  if (text === '') return undefined
  return path === '' || isSaid(path, text) ? text : `${path}: ${text}`
}

/** Joi begins with the path in quotes. */
function isSaid(path: string, text: string): boolean {
  return text.startsWith(path) || text.startsWith(`"${path}"`)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

// ── code

const prisma = /^Invalid `([^`\n]{1,100})` invocation/
/** It introduces the next lines, or is a place in a file. */
const lead = /(?::|\bin|\bby|[({[])$/
const place = /^\S{1,300}:\d{1,9}(?::\d{1,9})?:?$/
/** A line of code that is quoted: with its number, marked, or nothing but signs. */
const codeLine = /^(?:\s|>|→|\d{1,9}\s{0,9}[|│]|[-+~^?|]+(?:\s|$)|[{}()[\]])/
const numberedLine = /^\s{0,9}(?:[>→]\s{0,9})?\d{1,9}\s{0,9}[|│]/
const bullet = /^\s{0,9}[-*•]\s{1,9}(?=\p{L}{2})/u
const words = /\p{L}{2}[^\n]*[\s'`"]|\p{Script=Han}{2}/u

/** The first line in words behind the one that only introduces it. */
function behindCode(text: string): string | undefined {
  const [first = '', ...lines] = text.split('\n', mostLines).map((line) => line.trimEnd())
  const call = prisma.exec(first)?.[1]
  const isPlace = place.test(first)
  if (call === undefined && !isPlace && !lead.test(first))
    return lines.some((line) => numberedLine.test(line)) ? first : undefined
  const line = lines.map((each) => each.replace(bullet, '')).find(isInWords)
  if (line === undefined) return undefined
  if (call !== undefined) return `${call}: ${line}`
  return isPlace ? line : `${first} ${line}`
}

/** Where Zod found what the first line says; what Elasticsearch lists behind its kind of error. */
const second = /^\n\s{0,20}(?:(→ at [^\n]{1,200})|[Rr]oot causes?:\s{1,40}([^\n]{1,300}))/
/** What viem writes behind the request that failed. */
const details = /\n\nDetails: ([^\n]{1,300})\nVersion: \S/
/** nunjucks' place in a template, and what is wrong there. */
const template = /^\(\S{1,300}\)(?: \[Line \d{1,9}, Column \d{1,9}\])?\n\s{0,20}(?:Error: )?(\S[^\n]{1,300})/

/** The first line with the one behind it that says where or why; undefined if there is none. */
export function withSecondLine(text: string): string | undefined {
  const end = text.indexOf('\n')
  if (end === -1) return undefined
  const [, where, why = details.exec(text)?.[1]] = second.exec(text.slice(end, end + longestReason)) ?? []
  if (where === undefined && why === undefined) return template.exec(text)?.[1]
  const first = text.slice(0, end).trim().replace(/\.$/, '')
  return where !== undefined ? `${first} ${where}` : why!.startsWith(first) ? why : `${first}: ${why}`
}

function isInWords(line: string): boolean {
  return !codeLine.test(line) && !place.test(line) && words.test(line.slice(0, mostLooked))
}

// ── statements

/** Knex writes the statement before what the database says of it; a GraphQL client the request behind. */
const statement = /^(?:select|insert|update|delete|with) [\s\S]{1,15000} - (?=\S)/
const request = /: \{"response":\{/

function behindStatement(text: string): string | undefined {
  const { 0: before } = statement.exec(text) ?? { 0: '' }
  if (before !== '') return text.slice(before.length)
  const at = text.search(request)
  return at > 0 ? text.slice(0, at) : undefined
}

// ── several errors beside each other

/**
 * What several errors beside each other say: 'connect ECONNREFUSED ::1:5432, 127.0.0.1:5432' where they
 * differ in one word, else each by itself; '' for one error alone.
 */
export function severalOf({ message, root, causes = [] }: ErrorInfo): string {
  if (root === undefined) return ''
  const at = causes.indexOf(root.message)
  const isFirst = at === -1 && root.message === message
  const beside = isFirst ? [message, ...causes] : at === -1 ? [] : causes.slice(at)
  const each = [...new Set(beside.map((text) => reasonOf(text)?.text ?? text))]
  if (each.length < 2) return ''
  return inOneWord(each) ?? listOf(each, '; ')
}

function inOneWord(texts: readonly string[]): string | undefined {
  const split = texts.map((text) => text.split(' '))
  const [first = []] = split
  if (split.some((words) => words.length !== first.length)) return undefined
  const differing = first.flatMap((word, at) => (split.some((words) => words[at] !== word) ? [at] : []))
  const [at = 0] = differing
  const values = split.map((words) => words[at]!)
  if (differing.length !== 1 || first.length < 2 || values.some((value) => /[:;,]$/.test(value)))
    return undefined
  return first.with(at, listOf(values, ', ')).join(' ')
}

function listOf(texts: readonly string[], between: string): string {
  const shown = texts.slice(0, mostShown).join(between)
  return texts.length > mostShown ? `${shown}${between}…` : shown
}
