/**
 * Which fakes misbehave, how, and for how many messages. Parsing is strict, because the
 * same values arrive over the HTTP API.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { Answer } from '../fake/exchange.ts'
import { isObject } from '../fake/json.ts'
import type { Mode, Order } from '../fake/mode.ts'

/** The order that a provider still has: `left` is null if it has no end. */
export interface OpenOrder {
  readonly mode: Mode | 'answer'
  /** Of a fixed answer. */
  readonly status?: number
  readonly left: number | null
}

/** The order of each provider. */
export interface Orders {
  /** Throws a TypeError, with a sentence for people, if the provider does not have that mode. */
  set(provider: string, behaviour: unknown): void
  /**
   * The order for this message, counted; undefined if it is treated as usual, or if the mode is not one of
   * `among`.
   */
  take(provider: string, among?: readonly Mode[]): Order | undefined
  /** The orders by provider; those that behave as usual are absent. */
  list(): Readonly<Record<string, OpenOrder>>
  /** Calls back at each change; returns the function that stops it. */
  subscribe(listener: () => void): () => void
}

const maxBodyLength = 1024 * 1024

/** Creates the orders; `modesByProvider` says what each provider can do. */
export function createOrders(modesByProvider: ReadonlyMap<string, readonly Mode[]>): Orders {
  const byProvider = new Map<string, { readonly order: Order; left: number }>()
  const listeners = new Set<() => void>()
  const announce = () => {
    for (const listener of listeners) listener()
  }
  return {
    set(provider, behaviour) {
      const modes = modesByProvider.get(provider)
      if (modes === undefined)
        throw new TypeError(`no provider '${provider}'; there are ${[...modesByProvider.keys()].join(', ')}`)
      const { order, times } = parse(behaviour, provider, modes)
      if (order.mode === 'ok') byProvider.delete(provider)
      else byProvider.set(provider, { order, left: times })
      announce()
    },
    take(provider, among) {
      const entry = byProvider.get(provider)
      if (entry === undefined) return undefined
      if (among !== undefined && !among.some((mode) => mode === entry.order.mode)) return undefined
      entry.left -= 1
      if (entry.left === 0) byProvider.delete(provider)
      announce()
      return entry.order
    },
    list: () =>
      Object.fromEntries(
        [...byProvider].map(([provider, { order, left }]) => [
          provider,
          {
            mode: order.mode,
            ...(order.mode === 'answer' && { status: order.answer.status }),
            left: Number.isFinite(left) ? left : null,
          },
        ]),
      ),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function parse(
  behaviour: unknown,
  provider: string,
  modes: readonly Mode[],
): { order: Order; times: number } {
  const given = typeof behaviour === 'string' ? { mode: behaviour } : behaviour
  if (!isObject(given)) throw new TypeError('a behaviour is a mode or an object')
  const times = given['times'] ?? Number.POSITIVE_INFINITY
  if (typeof times !== 'number' || times < 1 || (Number.isFinite(times) && !Number.isInteger(times)))
    throw new TypeError('times must be a whole number from 1')
  if (given['status'] !== undefined) {
    // Mail has no answers of this shape.
    if (!modes.includes('html')) throw new TypeError(`${provider} takes a mode, not a status`)
    return { order: { mode: 'answer', answer: parseAnswer(given) }, times }
  }
  const mode = modes.find((name) => name === given['mode'])
  if (mode === undefined)
    throw new TypeError(`${provider} cannot behave '${String(given['mode'])}'; it can ${modes.join(', ')}`)
  return { order: { mode }, times }
}

function parseAnswer({ status, headers = {}, body = '' }: Readonly<Record<string, unknown>>): Answer {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599)
    throw new TypeError('status must be a whole number from 200 to 599')
  if (typeof body !== 'string' || body.length > maxBodyLength)
    throw new TypeError('body must be a string of at most 1 MB')
  if (!isObject(headers)) throw new TypeError('headers must be an object of strings')
  const checked = Object.entries(headers).map(([name, value]) => {
    if (typeof value !== 'string') throw new TypeError('headers must be an object of strings')
    validateHeaderName(name)
    validateHeaderValue(name, value)
    return [name, value] as const
  })
  return { status, headers: Object.fromEntries(checked), body }
}
