/** What a hub does for its fleet: counts for others, takes over, and steps back. */
import type { Tracker } from '../alerts/tracker.ts'
import type { Fleet, FleetFlush, FleetHost } from '../fleet/fleet-types.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { State } from '../state/state.ts'
import { cleanLine } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import type { Advance } from './advance.ts'
import type { Channels } from './channels.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { EarlyEnds } from './early-ends.ts'
import type { Pipeline } from './pipeline.ts'
import type { Reporting } from './reporting.ts'

export interface FleetHostOptions {
  readonly inForce: OptionsInForce
  readonly fleet: Pick<Fleet, 'decides' | 'stats' | 'submitEnd'>
  readonly advance: Advance['advance']
  /** Absent without a state. */
  readonly earlyEnds: EarlyEnds | undefined
  readonly tracker: Tracker
  readonly state: State | undefined
  readonly channels: Channels
  readonly countItems: Pipeline['countItems']
  readonly reporting: Pick<Reporting, 'events' | 'internalErrors' | 'metaAlerts'>
  readonly clock: Clock
  /** What is wrong with the options has switched a channel off. */
  readonly isMisconfigured: () => boolean
  readonly flush: () => Promise<FleetFlush>
  readonly answer: FleetHost['answer']
}

/** In a large fleet each process may be unlike. */
const mostUnlike = 20

const unlikeSentences = {
  options: (name: string) =>
    `Process ${name} has other rules or other settings of channels than this one, which notifies for all. Its records are matched by its rules and sent by the channels of this one. During a deployment that is normal; else give all processes the same options.`,
  name: (name: string) =>
    `Two processes of the fleet are called ${name}: messages count them as one. Give each its own \`process\`.`,
  version: (name: string) =>
    `Process ${name} submitted what this one cannot read. Use the same version of the library in all processes.`,
}

const togetherSentence =
  'The process takes part in its fleet again: one process notifies for all, with what each has counted.'

const splitSentence =
  'Two processes notified for the fleet at the same time, because Redis had two primaries or lost its latest writes. What this one had counted becomes part of the counts of the fleet; people may get a message twice.'

/** All but the adoption, which is part of the start, and what follows from it. */
export function createFleetHost(options: FleetHostOptions): Omit<FleetHost, 'adopt' | 'lead'> {
  const { inForce, fleet, earlyEnds, tracker, state, channels, countItems, clock, flush, answer, advance } =
    options
  const { isMisconfigured } = options
  const { events, internalErrors, metaAlerts } = options.reporting
  const unlike = new Set<string>()
  let isAloneReported = false

  /** What the channels sent stays. */
  function divideLimits(processes: number): void {
    if (inForce.divideLimits(processes)) advance((now) => tracker.reload(inForce.channels(), now))
  }

  function useSilences(silences: readonly RuntimeSilence[]): void {
    const { muting } = inForce.compiled
    const now = clock.now()
    const ids = new Set(silences.map(({ id }) => id))
    for (const { id } of muting.runtimeSilences(now)) if (!ids.has(id)) muting.unsilence(id)
    for (const silence of silences) muting.silence(silence, now)
  }

  return {
    countItems,
    stepDown(submitted) {
      void channels.discard()
      tracker.forget(clock.now())
      state?.restart(submitted)
      if (!fleet.decides) earlyEnds?.submit(fleet.submitEnd)
    },
    keep: (submitted) => state?.saveSubmitted(submitted),
    release: (number) => state?.removeSubmitted(number),
    seen: state?.seen ?? { of: () => 0, saved: () => 0, note() {} },
    saveAsOne: (work) => (state === undefined ? work() : state.saveAsOne(work)),
    save: () => state?.save(),
    isKept: () => state?.stats().place === 'disk',
    flush,
    canNotify: () => !isMisconfigured() && !metaAlerts.areAllFailing(),
    answer,
    redactItem: (item) => state?.redactItem(item) ?? item,
    silences: () => inForce.compiled.muting.runtimeSilences(clock.now()),
    useSilences,
    reportAlone(why) {
      divideLimits(fleet.stats()?.processes ?? 1)
      if (inForce.compiled.plan.redis === undefined) {
        // If the directory cannot be used at all, that is reported.
        state?.check()
        if (state?.stats().place === 'memory') return
      } else metaAlerts.noteFleetAlone(why)
      isAloneReported = true
      // One turn later, so that it reaches those who subscribe to a hub right after opening it.
      queueMicrotask(() => internalErrors.report('ALERT_FLEET_ALONE', why))
    },
    reportTogether() {
      divideLimits(1)
      if (fleet.decides) earlyEnds?.replay()
      if (!isAloneReported) return
      isAloneReported = false
      metaAlerts.noteFleetTogether()
      internalErrors.report('ALERT_FLEET_RECOVERED', togetherSentence)
    },
    reportSplit: () => internalErrors.report('ALERT_FLEET_SPLIT', splitSentence),
    reportUnlike(name, what) {
      const sentence = unlikeSentences[what](cleanLine(name))
      if (unlike.has(sentence) || unlike.size >= mostUnlike) return
      unlike.add(sentence)
      if (what === 'options') metaAlerts.noteFleetDiffers(cleanLine(name))
      internalErrors.report('ALERT_FLEET_DIFFERS', sentence)
    },
    countLost: (count, reason = 'alert-limit') =>
      events.emit({ type: 'dropped', reason, count, at: clock.now() }),
  }
}
