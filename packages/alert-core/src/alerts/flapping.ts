/**
 * Flapping: from the third time that an alert fires again within a day it is notified less often. The pause
 * doubles with each return, and an end is sent once it lasted that long.
 */
import type { ChannelPlan } from './channel.ts'

const dayMs = 24 * 3_600_000
/** After so many returns within a day. */
const flapsAfter = 3
/**
 * The pause is at least the default `repeat` doubled, and can reach the default `repeatMax`, whatever the
 * options say.
 */
const leastBaseMs = 300_000
const leastMaxMs = 4 * 3_600_000
/** After so many messages within a day the longest pause applies. */
const manyMessages = 7
/**
 * More starts make the pause no longer; so many messages make it twice the longest: at most 15 are sent in a
 * day.
 */
const mostTimes = 12
/** So many starts within a day are counted. */
export const mostStarts = 100

/** These messages as far as they are within a day before `now`, and `now`; epoch ms, oldest first. */
export function addMessage(times: readonly number[], now: number): readonly number[] {
  return addWithinDay(times, now, mostTimes)
}

/** The same for the starts of an alert. */
export function addStart(times: readonly number[], now: number): readonly number[] {
  return addWithinDay(times, now, mostStarts)
}

function addWithinDay(times: readonly number[], now: number, most: number): readonly number[] {
  return [...times.filter((at) => at > now - dayMs), now].slice(-most)
}

/** Whether an alert with these starts flaps. */
export function isFlapping(starts: readonly number[]): boolean {
  return starts.length > flapsAfter
}

/**
 * The pause of a flapping alert on the channel, ms; 0 if it does not flap, or the receiver is sent the state
 * itself.
 */
export function flappingPauseMs(
  { isFlapping, starts }: { readonly isFlapping?: true; readonly starts: readonly number[] },
  { repeatMs, repeatMaxMs, renews }: Pick<ChannelPlan, 'repeatMs' | 'repeatMaxMs' | 'renews'>,
  recentMessages: number,
): number {
  if (!isFlapping || renews) return 0
  const baseMs = Math.max(repeatMs === false ? 0 : repeatMs, leastBaseMs)
  const longestMs = Math.max(baseMs, repeatMaxMs, leastMaxMs)
  if (recentMessages >= mostTimes) return 2 * longestMs
  if (recentMessages >= manyMessages) return longestMs
  return Math.min(baseMs * 2 ** (Math.min(starts.length, mostTimes) - flapsAfter), longestMs)
}
