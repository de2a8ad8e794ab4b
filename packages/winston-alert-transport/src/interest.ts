/**
 * Which log calls go to the core. Runs for every call of the application, so it looks at a few properties and
 * builds nothing.
 */

import { isObjectOrList } from 'alert-core/adapter'
import { type Info, isCrashMessage, levelKey, splatKey } from './info.ts'
import { type Levels, usualLevel } from './winston-levels.ts'

export interface InterestOptions {
  readonly levels: Levels
  /** On the scale of `levels`. */
  readonly threshold: number
  /** A rule may match records of any level, or end an alert by them. */
  readonly wantsAll: boolean
}

const maxSplat = 10

/**
 * True for what reaches the threshold, for crashes, and for a record with an `alert` field, except `alert:
 * false`. Never throws: what cannot be read is interesting.
 */
export function createInterest({ levels, threshold, wantsAll }: InterestOptions): (info: Info) => boolean {
  if (wantsAll) return () => true

  function isBad(label: unknown): boolean {
    const level = levels[label as string] ?? (typeof label === 'string' ? usualLevel(label) : undefined)
    return level !== undefined && level >= threshold
  }

  return (info) => {
    try {
      const directive = directiveOf(info)
      if (directive !== undefined) return directive !== false
      return isBad(info[levelKey]) || isCrash(info)
    } catch {
      return true
    }
  }
}

/** The `alert` field, in any of its places; `undefined` without one. May throw what `info` throws. */
export function directiveOf(info: Info): unknown {
  const own = info['alert']
  if (own !== undefined && own !== null) return own
  const nested = inside(info['message']) ?? inside(info['metadata']) ?? inside(info['meta'])
  if (nested !== undefined) return nested
  const splat = info[splatKey]
  if (!Array.isArray(splat)) return undefined
  for (let index = 0; index < splat.length && index < maxSplat; index++) {
    const found = inside(splat[index])
    if (found !== undefined) return found
  }
  return undefined
}

function inside(value: unknown): unknown {
  return isObjectOrList(value) ? ((value as Info)['alert'] ?? undefined) : undefined
}

/** True for what winston's own handlers report. May throw what `info` throws. */
function isCrash(info: Info): boolean {
  if (!isMarked(info) && !isMarked(info['metadata'])) return false
  return isCrashMessage(info['message'])
}

function isMarked(holder: unknown): boolean {
  if (!isObjectOrList(holder)) return false
  return (holder as Info)['exception'] === true || (holder as Info)['rejection'] === true
}
