/**
 * Makes a message as short as its provider takes it, without cutting through a structure: ever shorter
 * versions are rendered until one is small enough. The number of what is left out is always shown.
 */

import type { Message, SendContext, SizeLimits } from '../provider/provider.ts'
import { applyCut, cutsOf, subjectOnly } from '../render/shorten.ts'
import { cutChars, utf8Length } from '../text/text.ts'

const leastSubject = 24
const subjectTries = 3

/**
 * Makes the `fit` of a send. A full message that fits is rendered once, any other about ten times: a binary
 * search over the versions, then the subject itself is cut. The result exceeds the limit only if the bare
 * frame that `render` puts around a message does. If a provider asks for the limits that it has `stated`,
 * `limits` replace them.
 */
export function createFit(message: Message, limits: SizeLimits, stated = limits): SendContext['fit'] {
  return (render, asked = stated) => {
    const own = {
      maxBytes: asked.maxBytes === stated.maxBytes ? limits.maxBytes : asked.maxBytes,
      maxChars: asked.maxChars === stated.maxChars ? limits.maxChars : asked.maxChars,
    }
    const excess = (text: string) => excessOf(text, own)
    const full = render(message)
    if (excess(full) <= 0) return full

    const cuts = cutsOf(message)
    let fitting: string | undefined
    let low = 0
    let high = cuts.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const text = render(applyCut(message, cuts[middle]!))
      if (excess(text) <= 0) {
        fitting = text
        high = middle - 1
      } else low = middle + 1
    }
    return fitting ?? cutSubject(subjectOnly(message), render, own)
  }
}

/** The subject shrinks by what is too much, and again if escaping made it longer. */
function cutSubject(message: Message, render: (message: Message) => string, limits: SizeLimits): string {
  let version = message
  let text = render(version)
  for (let tries = 0; tries < subjectTries; tries++) {
    const over = excessOf(text, limits)
    if (over <= 0) return text
    const { subject } = version
    const share = over / measure(subject, limits)
    const length = Math.floor(subject.length * (1 - share)) - 1
    version = { ...version, subject: cutChars(subject, Math.max(leastSubject, length)) }
    text = render(version)
  }
  if (excessOf(text, limits) <= 0) return text
  return render({ ...version, subject: cutChars(message.subject, leastSubject), mentions: [] })
}

/** How much of the tighter limit is exceeded, in its own unit; 0 or less when both hold. */
function excessOf(text: string, limits: SizeLimits): number {
  const { maxBytes = Number.POSITIVE_INFINITY, maxChars = Number.POSITIVE_INFINITY } = limits
  const bytes = maxBytes === Number.POSITIVE_INFINITY ? 0 : utf8Length(text)
  return Math.max(bytes - maxBytes, text.length - maxChars)
}

function measure(text: string, limits: SizeLimits): number {
  return Math.max(1, limits.maxBytes === undefined ? text.length : utf8Length(text))
}
