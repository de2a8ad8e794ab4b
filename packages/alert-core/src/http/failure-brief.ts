/**
 * A failure in a few words: who answered what. People read it in a message, so bodies of answers are left out
 * of it but for the code or the sentence inside.
 */
import { cutWords } from '../text/text.ts'

/** What kind of failure it is, which decides what people are to check. */
export type FailureCause = 'key' | 'address' | 'length' | 'rate' | 'network' | 'server' | 'other'

export interface FailureBrief {
  /** `answer`: the provider refused; `late`: there was no answer in time; `unreachable`: no connection. */
  readonly kind: 'answer' | 'late' | 'unreachable' | 'other'
  /** '403 invalid_token', 'connection refused (ECONNREFUSED)'; at most 80 characters, no JSON. */
  readonly said: string
  readonly cause: FailureCause
  /** What the provider's page says can be done, as a clause: 'set `secret` to the SEC… of this robot'. */
  readonly cure?: string
}

const most = 80

/** Reads what a receipt says of a failure. */
export function briefFailure(why: string): FailureBrief {
  const plain = why.replace(/^(?:not delivered in time: )+/, '')
  const answer = answerOf(plain)
  if (answer !== undefined) {
    const { status } = answer
    const cure = cureShape.exec(answer.words)?.[1]
    const words = answer.words.replace(cureShape, '')
    const said = cutWords([status, shortWords(words)].filter(Boolean).join(' '), most)
    const cause = causeOf(status, words)
    return { kind: 'answer', said, cause, ...(cure !== undefined && { cure }) }
  }
  const said = cutWords(withoutHost(plain), most)
  if (/\bno answer (?:within|in time|before)/.test(plain)) return { kind: 'late', said, cause: 'network' }
  if (unreachableShape.test(plain)) return { kind: 'unreachable', said, cause: 'network' }
  return { kind: 'other', said, cause: 'other' }
}

/** The same failure with its host for a warning, the words of the provider cut to 80 characters. */
export function shortFailure(why: string): string {
  const { who, status = '', words = '' } = answerOf(why) ?? {}
  if (who === undefined) return why
  const said = cutWords(shortWords(words), most)
  return `${who} answered ${[status, said].filter(Boolean).join(': ')}`
}

/** At the end of a provider's words: four words at least. */
const cureShape = / \(((?:[^\s()]+ ){3,40}[^()]{1,100})\)$/

/** Codes of connections and certificates, and the proxy's answers. */
const unreachableShape = /\((?:E[A-Z_]{3,}|UND_ERR_\w+|[A-Z]+(?:_[A-Z]+)+)\)|\bproxy \S+(?: answered|:)/

interface Answer {
  readonly who: string
  /** '403', 'errcode 310000'; '' if it has none. */
  readonly status: string
  readonly words: string
}

function answerOf(why: string): Answer | undefined {
  const [, who = '', rest = ''] = /^(.{1,200}?) answered (.+)$/s.exec(why) ?? []
  if (who !== '' && !/\bproxy \S+$/.test(who)) {
    const [, status = '', words = ''] =
      /^((?:[a-z]{1,12} )?-?\d{2,12}|[A-Z]\w*(?:\.\w+)+)(?:(?:: | with )(.*))?$/s.exec(rest) ?? []
    return { who, status, words: status === '' ? rest : words }
  }
  // A mail server: 'smtp.example.com:587: EAUTH: 535 5.7.8 Error: authentication failed'.
  const [, host = '', code = '', words = ''] =
    /^(\S+:\d+): (?:[A-Z]+: )?([45]\d\d)[ -](?:\d\.\d+\.\d+ )?(.*)$/s.exec(why) ?? []
  return code === '' ? undefined : { who: host, status: code, words }
}

/** The part of a provider's words that a person can use: of JSON its code and its sentence. */
function shortWords(words: string): string {
  const bare = words.replace(/^[“"](.*)[”"]$/s, '$1').trim()
  const start = bare.search(/[{[]"|\[\{|\{\s/)
  if (start < 0) return bare
  const before = bare.slice(0, start).replace(/[\s:“"]+$/, '')
  return [before, jsonWords(bare.slice(start))].filter(Boolean).join(' ')
}

/** The names that providers give to their reasons, the clearest first. */
const reasonNames = [
  'error_description',
  'errmsg',
  'error',
  'message',
  'msg',
  'detail',
  'description',
  'reason',
  'title',
  'errors',
]
const codeNames = ['error_code', 'errcode', 'code', 'Code']

/** The text may be cut anywhere, so it is not parsed. */
function jsonWords(json: string): string {
  const read = (name: string) => {
    const found = new RegExp(`"${name}"\\s*:\\s*\\[?\\s*(?:"((?:[^"\\\\]|\\\\.)*)|(-?\\d+))`).exec(json)
    return (found?.[1] ?? found?.[2] ?? '').replace(/\\(?:u[\da-f]{4}|.)/gi, ' ').trim()
  }
  const code = codeNames.map(read).find((value) => value !== '' && value !== '0') ?? ''
  const reason = reasonNames.map(read).find((value) => value !== '') ?? ''
  return reason.includes(code) ? reason : [code, reason].filter(Boolean).join(' ')
}

const causes: Readonly<Record<string, FailureCause>> = {
  401: 'key',
  403: 'key',
  404: 'address',
  410: 'address',
  408: 'network',
  413: 'length',
  429: 'rate',
  530: 'key',
  534: 'key',
  535: 'key',
  552: 'length',
}

function causeOf(status: string, words: string): FailureCause {
  const known = Object.hasOwn(causes, status) ? causes[status] : undefined
  if (known !== undefined) return known
  if (/too long|too large|length|exceed/i.test(words)) return 'length'
  if (/\brate|frequen|throttl|limit|限流|频繁/i.test(words)) return 'rate'
  if (/auth|token|\bsign|key\b|credential|permission|scope/i.test(words)) return 'key'
  if (/not[_ ]found|no[_ ]service|archived|no such|unknown/i.test(words)) return 'address'
  return /^5[012]\d$/.test(status) ? 'server' : 'other'
}

function withoutHost(why: string): string {
  return why.replace(/^\S{1,200}?(?::\d{1,5})?(?: \(through proxy \S+\))?: /, '')
}
