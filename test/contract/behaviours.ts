/**
 * What every provider over HTTP meets, whatever its API.
 */
import type { Behaviour } from '#cli/fake/mode.ts'

/** Each means: later. */
export const httpPassing: readonly Behaviour[] = [
  'error',
  { status: 503 },
  { status: 502 },
  { status: 408 },
  'reset',
]

/** Answers of somebody else that stands between. */
const httpOdd: readonly Behaviour[] = [
  'redirect',
  { status: 400 },
  { status: 404, body: 'gone' },
  { status: 403 },
]

/** What the rows of providers over HTTP have in common. */
export const overHttp = {
  passing: httpPassing,
  silent: ['hang', 'drip'],
  odd: [...httpOdd, 'endless'],
  tooLong: 'too-long',
} as const satisfies Readonly<Record<string, Behaviour | readonly Behaviour[]>>

/**
 * The same where each part is cut far below any limit: that it is too large is then the word of somebody
 * else.
 */
export const neverTooLong = {
  passing: httpPassing,
  silent: overHttp.silent,
  odd: [...overHttp.odd, { status: 413 }],
  tooLong: null,
} as const

/** "Too many requests", with so many seconds in the header. */
export function retryAfter(seconds: number) {
  const behaviour: Behaviour = { status: 429, headers: { 'retry-after': String(seconds) } }
  return { behaviour, leastDelayMs: seconds * 1000 }
}

/** "Too many requests" in the provider's own words, which say or mean at least so long. */
export function inOwnWords(leastDelayMs: number) {
  return { behaviour: 'rate-limited' as const, leastDelayMs }
}

/** Its own "no", an empty 200, a 200 with each of these bodies, and a page. */
export function saysNo(...bodies: readonly string[]): readonly Behaviour[] {
  return ['refuse', { status: 200 }, ...bodies.map((body) => ({ status: 200, body })), 'html']
}

type Options = Record<string, unknown>

/** Options with these in place of the right ones. */
export function withOther(parts: Options): (options: Options) => Options {
  return (options) => ({ ...options, ...parts })
}

/** An address with another secret in it. */
export function withOtherIn(secret: string): (options: Options) => Options {
  return ({ url, ...options }) => ({ ...options, url: String(url).replace(secret, 'another') })
}

/** The options without one of them. */
export function withoutOption(options: Readonly<Options>, name: string): Options {
  return Object.fromEntries(Object.entries(options).filter(([key]) => key !== name))
}

/** What a backslash stands before is shown without it. */
export function withoutBackslashes(text: string): string {
  return text.replace(/\\(?=[^\w\s])/g, '')
}

/** What the template of a text message shows of the usual message. */
export const template = ['payments prod', 'card gateway timeout after 3000 ms']
