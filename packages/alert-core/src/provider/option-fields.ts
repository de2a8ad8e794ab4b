/**
 * Pieces of option schemas that several providers share, with messages that say what to write instead.
 */

import { isObjectOrList } from '../text/get-path.ts'
import * as z from './light-zod.ts'
import { secret } from './provider.ts'
import { option, preset } from './schema.ts'

/**
 * What is wrong with one address, as a sentence that says what to write instead; `undefined` if nothing is.
 */
export type AddressCheck = (url: URL) => string | undefined

/** One value, or a list. */
export function oneOrMore(check: (text: string) => string | undefined) {
  return z.union([z.string(), z.array(z.string()).check(z.minLength(1))]).check(
    z.superRefine((value, context) => {
      asList(value).forEach((text, index) => {
        const wrong = check(text)
        if (wrong)
          context.addIssue({ code: 'custom', message: wrong, path: Array.isArray(value) ? [index] : [] })
      })
    }),
  )
}

/**
 * Where a provider posts to: an http(s) address or a list of them, used in turn. Secret: it may hold a token.
 * In clear only to another host than the provider's own: a gateway, or this machine.
 */
export function postAddress(
  description: string,
  check: AddressCheck = () => undefined,
  ownHosts: readonly string[] = [],
) {
  const field = oneOrMore((text) => {
    const url = parseHttp(text)
    return url
      ? (inClear(url, ownHosts) ?? check(url))
      : 'must be a whole address that starts with https:// (or http://)'
  })
  return secret(option(field, description))
}

/**
 * The fixed address of an API, overridable for a gateway, a proxy or a test. Not secret. `others` are hosts
 * of the same provider.
 */
export function endpoint(fallback: string, description: string, others: readonly string[] = []) {
  return preset(
    z.string().check(
      z.superRefine((text, context) => {
        const url = parseHttp(text)
        const wrong = url
          ? inClear(url, [hostOf(fallback), ...others])
          : 'must be a whole address that starts with https:// (or http://)'
        if (wrong) context.addIssue({ code: 'custom', message: wrong })
      }),
    ),
    fallback,
    description,
  )
}

function inClear({ protocol, hostname }: URL, ownHosts: readonly string[]): string | undefined {
  const isOwn = ownHosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
  return isOwn && protocol === 'http:' ? 'must start with https://: it carries the credentials' : undefined
}

/** 'https://sns.{region}.amazonaws.com' is of amazonaws.com. */
function hostOf(address: string): string {
  return new URL(address.replace(/[\w-]*\.?\{\w+\}\./, '')).hostname
}

/**
 * A client certificate and trusted authorities, as PEM texts; TLS verification stays on unless it is turned
 * off here.
 */
export function tlsOptions() {
  return z.strictObject({
    ca: option(
      oneOrMore(() => undefined),
      'Certificates of the authorities to trust, PEM',
    ),
    cert: option(z.string(), 'Client certificate, PEM'),
    key: secret(option(z.string(), 'Private key of the client certificate, PEM')),
    passphrase: secret(option(z.string(), 'Passphrase of the private key')),
    servername: option(z.string(), 'Host name that the certificate must carry'),
    rejectUnauthorized: option(z.boolean(), 'false accepts any certificate: for tests only'),
    minVersion: option(z.enum(['TLSv1.2', 'TLSv1.3']), 'Lowest accepted version of TLS'),
  })
}

/** {@link tlsOptions} of a server that people run themselves. */
export function certificates() {
  return option(tlsOptions(), 'Certificates: an authority of your own (`ca`), or a client certificate')
}

/**
 * Arguments for `refine` of a check over several fields: reported together with the problems of single
 * fields.
 */
export function together(message: string, path: readonly string[]) {
  return { message, path: [...path], when: () => true }
}

/** Arguments for `refine`: `url` is given. `what` says which address that is. */
export function needsUrl(what: string) {
  const check = (options: unknown) => countGiven(options, 'url') === 1
  return [check, together(`needs \`url\`, ${what}`, ['url'])] as const
}

/** Arguments for `refine`: a list of secrets holds one for each address. */
export function secretForEach(robot: string, ...names: readonly string[]) {
  const check = (options: unknown) => {
    const { secret: given, ...others } = Object(options) as Record<string, unknown>
    return !Array.isArray(given) || given.length === sharedAmong(...names)(others)
  }
  return [check, together(`needs as many as there are ${robot}s, in the same order`, ['secret'])] as const
}

/** How many of the named fields are given. */
export function countGiven(options: unknown, ...names: readonly string[]): number {
  if (!isObjectOrList(options)) return 0
  const given: Record<string, unknown> = { ...options }
  return names.filter((name) => given[name] !== undefined).length
}

/** The value as a list; an absent one is an empty list. */
export function asList<Value>(value: Value | readonly Value[] | undefined): readonly Value[] {
  if (value === undefined) return []
  return Array.isArray(value) ? (value as readonly Value[]) : [value as Value]
}

/**
 * Counts the addresses among which messages are shared: those in the first of the named options that is
 * given.
 */
export function sharedAmong(...names: readonly string[]) {
  return (options: Readonly<Record<string, unknown>>): number =>
    asList(options[names.find((name) => options[name] !== undefined) ?? '']).length
}

/** The one for this attempt, by the number of the address. */
export function inTurn<Value>(values: readonly Value[], address: number): Value | undefined {
  return values[address % values.length]
}

function parseHttp(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined
}
