/**
 * Reads what another process of the fleet said over its link. A kind of message that this version does not
 * know is passed over; of one that it knows, what cannot be read is left out, or the whole is refused.
 */
import * as z from 'zod/mini'
import { once } from '../cache/lazy.ts'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import type { FleetFlush } from './fleet-types.ts'
import { isItem, isSilence } from './item-schemas.ts'
import type { Message } from './lease-types.ts'

/** `isWhole`: nothing was left out. */
export interface ReadMessage {
  readonly message: Message
  readonly isWhole: boolean
}

/** `items` and `silences` are read one by one. */
const schemas = once(() => {
  const text = z.string()
  const number = z.number()
  const list = z.array(z.unknown())
  return {
    hello: z.looseObject({ hello: z.looseObject({ id: text, process: text, options: z.optional(text) }) }),
    delta: z.looseObject({ delta: z.looseObject({ number: z.int(), items: list }) }),
    beat: z.looseObject({ beat: z.literal(true) }),
    ask: z.looseObject({ ask: number }),
    bye: z.looseObject({ bye: z.literal(true) }),
    welcome: z.looseObject({ welcome: z.looseObject({ seen: number, silences: list }) }),
    seen: z.looseObject({ seen: number }),
    here: z.looseObject({ here: z.looseObject({ processes: number }) }),
    silences: z.looseObject({ silences: list }),
    answer: z.looseObject({
      answer: number,
      error: z.optional(z.looseObject({ code: text, message: text })),
    }),
    goodbye: z.looseObject({ goodbye: z.literal(true) }),
  }
})

/** 'unknown': a kind of another version; undefined: it cannot be read. */
export function readMessage(line: string): ReadMessage | 'unknown' | undefined {
  const read = parseJson(line)
  if (!isObject(read)) return undefined
  const known = schemas()
  const kind = Object.keys(known).find((key): key is keyof typeof known => key in read)
  if (kind === undefined) return 'unknown'
  if (!known[kind].safeParse(read).success) return undefined
  return withoutUnreadable(read as unknown as Message)
}

function withoutUnreadable(message: Message): ReadMessage {
  if ('delta' in message) {
    const items = message.delta.items.filter(isItem)
    const isWhole = items.length === message.delta.items.length
    return { message: { delta: { ...message.delta, items } }, isWhole }
  }
  if ('welcome' in message) {
    const silences = message.welcome.silences.filter(isSilence)
    const isWhole = silences.length === message.welcome.silences.length
    return { message: { welcome: { ...message.welcome, silences } }, isWhole }
  }
  if ('silences' in message) {
    const silences = message.silences.filter(isSilence)
    return { message: { silences }, isWhole: silences.length === message.silences.length }
  }
  return { message, isWhole: true }
}

const flushSchema = once(() => z.object({ delivered: z.boolean(), pending: z.number() }))

/** What the process that notifies said of a flush; undefined if that cannot be read. */
export function readFlush(value: unknown): FleetFlush | undefined {
  return flushSchema().safeParse(value).data
}
