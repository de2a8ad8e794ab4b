/** What is said of an alert that is new in its release, or back in it. */
import type { Alert } from '../model.ts'
import { cutChars } from '../text/text.ts'
import type { Locale } from './phrases.ts'
import type { Scrub } from './scrub.ts'

/** The sentence of the lead without its full stop, and what the subject ends with. */
export interface ReleaseText {
  readonly type: 'new' | 'back'
  readonly sentence: string
  readonly suffix: string
}

const words = {
  en: {
    new: (release: string, previous: string) => `New in ${release}, not seen in ${previous}`,
    back: (release: string, previous: string) => `Back in ${release}, last seen in ${previous}`,
    newSuffix: (release: string) => ` (new in ${release})`,
    backSuffix: (release: string) => ` (back in ${release})`,
  },
  'zh-CN': {
    new: (release: string, previous: string) => `${release} 新增，${previous} 未出现过`,
    back: (release: string, previous: string) => `${release} 再次出现，上次见于 ${previous}`,
    newSuffix: (release: string) => `（${release} 新增）`,
    backSuffix: (release: string) => `（${release} 再次出现）`,
  },
} as const

const longest = 40
const shortCommit = 12
const commit = /^[\da-f]{40,64}$/i

/** Undefined if there is nothing to say. */
export function releaseText(alert: Alert, locale: Locale, scrub: Scrub): ReleaseText | undefined {
  const { release, releaseNote } = alert
  if (release === undefined || releaseNote === undefined) return undefined
  const { type } = releaseNote
  const word = words[locale]
  const name = releaseName(release, scrub)
  return {
    type,
    sentence: word[type](name, releaseName(releaseNote.previous, scrub)),
    suffix: word[`${type}Suffix`](name),
  }
}

/** A release as people name it: of a commit the first characters. */
export function releaseName(release: string, scrub: Scrub): string {
  return commit.test(release) ? release.slice(0, shortCommit) : cutChars(scrub.line(release, 100), longest)
}
