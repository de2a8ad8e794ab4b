/**
 * A format given to the transport itself, run so that its troubles stay its own.
 */
import type TransportStream from 'winston-transport'
import type { Info } from './info.ts'
import { isError } from './read-safely.ts'

type Format = NonNullable<TransportStream['format']>

/** What the format makes of a copy of the record; `undefined` where it drops the record; the record itself where it throws. */
export function applyFormat(format: Format, info: Info): Info | undefined {
  try {
    const made: unknown = format.transform(copyOf(info) as never, format.options)
    return typeof made === 'object' && made !== null ? (made as Info) : undefined
  } catch {
    return info
  }
}

/** A format may write to what it is given, and asks `instanceof Error`; the own properties of an error are not enumerable. */
function copyOf(info: Info): object {
  if (!isError(info)) return { ...info }
  return Object.create(Object.getPrototypeOf(info), Object.getOwnPropertyDescriptors(info))
}
