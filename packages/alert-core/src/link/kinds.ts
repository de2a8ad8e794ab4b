/**
 * The kinds of road, and which takes whose place where one cannot start.
 */
import { openInlineRoad } from './inline-road.ts'
import type { RoadKind } from './link.ts'
import { openNoRoad } from './no-road.ts'
import { openProcessRoad } from './process-road.ts'
import { openThreadRoad } from './thread-road.ts'
import { warnInline, warnThread } from './warn.ts'

/** For a logger inside the alerting itself. */
export const none: RoadKind = { open: openNoRoad }

export const inline: RoadKind = { open: openInlineRoad, isInline: true, warnInstead: warnInline }

const thread: RoadKind = { open: openThreadRoad, warnInstead: warnThread }

export const remote: RoadKind = { open: openProcessRoad }

/** By `runIn`, to be tried in turn. */
export const kindsOf: Readonly<Record<'worker' | 'process' | 'inline', readonly [RoadKind, ...RoadKind[]]>> =
  {
    worker: [thread, inline],
    process: [remote, thread, inline],
    inline: [inline],
  }
