/**
 * How a hub begins: nothing is decided before the rules are known, and nobody told before it is known what processes that ended have told.
 */
import type { Effect, Tracker } from '../alerts/tracker.ts'
import type { Notification } from '../model.ts'
import { noState } from '../state/no-state.ts'
import type { Adopted, State } from '../state/state.ts'
import type { Clock } from '../time/clock.ts'
import { waitAtMost } from '../time/wait-at-most.ts'
import type { CompiledOptions } from './compiled-options.ts'
import type { Fallbacks } from './fallback.ts'
import { createStartupBuffer, type StartupBuffer } from './startup-buffer.ts'
import type { Events } from './stats.ts'

/** What the beginning depends on. */
export interface StartupOptions {
  /** Resolves when the rules are known; absent where they are so at once. */
  readonly rulesKnown: Promise<void> | undefined
  readonly state: State
  readonly compiled: () => CompiledOptions
  readonly tracker: Tracker
  readonly fallbacks: Fallbacks
  readonly events: Events
  readonly clock: Clock
  readonly act: (effects: readonly Effect[]) => void
  readonly arm: () => void
}

/** The beginning of a hub. */
export interface Startup {
  /** Keeps what comes before the rules are known; absent once they are. */
  readonly early: StartupBuffer | undefined
  /** Somebody may be told. */
  isReady(): boolean
  /** Waits for that, no longer than `ms`. */
  wait(ms: number): Promise<void>
  /** Goes on with the rules at hand. */
  begin(): void
}

/** Takes up at once what former processes left. */
export function createStartup(options: StartupOptions): Startup {
  const { rulesKnown, state, compiled, tracker, fallbacks, events, clock, act, arm } = options
  const late: Notification[] = []
  let early = rulesKnown === undefined ? undefined : createStartupBuffer()
  let isReady = state === noState && rulesKnown === undefined
  const ready = isReady
    ? Promise.resolve()
    : Promise.all([state.adopt(takeUp), rulesKnown?.then(begin)]).then(resumeLate)

  function begin(): void {
    early?.release()
    early = undefined
  }

  function resumeLate(): void {
    isReady = true
    for (const notification of late.splice(0)) fallbacks.resume(notification)
    arm()
  }

  function takeUp({ unsent, expired, dropped, effects, silences }: Adopted): void {
    const at = clock.now()
    for (const silence of silences) compiled().muting.silence(silence, at)
    // What a former process was told of may end by a record that comes now.
    for (const alert of tracker.live()) compiled().rules.remember(alert)
    if (dropped > 0) events.emit({ type: 'dropped', reason: 'alert-limit', count: dropped, at })
    if (expired > 0) events.emit({ type: 'dropped', reason: 'expired', count: expired, at })
    if (isReady) for (const notification of unsent) fallbacks.resume(notification)
    else late.push(...unsent)
    act(effects)
    arm()
  }

  return {
    get early() {
      return early
    },
    isReady: () => isReady,
    wait: (ms) => (isReady ? Promise.resolve() : waitAtMost(ready, ms, clock)),
    begin,
  }
}
