/**
 * The port between a hub and the processes that share its state: who notifies, and what the others submit.
 * All moments are epoch ms.
 */
import type { ContextLine, LogRecord, Occurrence } from '../model.ts'
import type { RuntimeSilence } from '../mute/silences.ts'
import type { Outcome } from '../requests/pending-requests.ts'

/** Records of one kind, counted where they were logged. */
export interface CountedItem {
  /** With the latest of the records. */
  readonly occurrence: Occurrence
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  /** The first of the records, if they are several. */
  readonly first?: LogRecord
  /** Under a condition: when each record came, with the value that is counted. */
  readonly moments?: readonly Moment[]
  /** The lines before the first record of a new kind. */
  readonly context?: readonly ContextLine[]
  /** The names under which a record of any process ends it. */
  readonly names?: readonly string[]
}

/** What is asked for the first record of an item. */
export interface Origin {
  /** Only for what is news. */
  context(): readonly ContextLine[]
  names(): readonly string[]
}

export type Moment = readonly [at: number, value?: string]

/** A record that ends whatever was raised under these names, in any process. */
export interface EndItem {
  readonly names: readonly string[]
  readonly record: LogRecord
  /** When it was logged, if it could not be submitted at once: what has fired since does not end. */
  readonly at?: number
}

/** A silence made at run time, or the id of one that was ended. */
export interface SilenceItem {
  readonly silence: RuntimeSilence | string
}

/** What a process submits, in the order in which it came. */
export type Item = CountedItem | EndItem | SilenceItem

/** Items under a number: a process numbers from 1, without gaps. */
export interface Delta {
  readonly number: number
  readonly items: readonly Item[]
}

/** What a process submits, until it is known to be saved. */
export interface Submitted {
  readonly member: string
  readonly process: string
  readonly deltas: readonly Delta[]
}

/** 'starting': not known yet · 'speaker': notifies for all · 'follower': submits · 'alone': for itself. */
export type FleetRole = 'starting' | 'speaker' | 'follower' | 'alone'

export interface FleetStats {
  readonly role: FleetRole
  /** Processes that the speaker knows, itself included; alone, those that it knew before. */
  readonly processes: number
  /** Records that the speaker counts for this process, and those that this one counts for others. */
  readonly submitted: number
  readonly received: number
}

/** What a flush is asked for with. */
export interface FlushNeed {
  /** This process ends soon: nothing is sent early that another one can send. */
  readonly isLeaving: boolean
  /** It has logged something since its last flush. */
  readonly hasNews: boolean
}

/** What a flush or an end achieved. */
export interface FleetFlush {
  readonly delivered: boolean
  readonly pending: number
}

/** What the hub does for the fleet. */
export interface FleetHost {
  /** Counts what another process, or this one before it notified, submitted. */
  countItems(items: readonly Item[], process: string): void
  /** Adopts what dead processes left, and what the process `deposed` left, though it may still run. */
  adopt(deposed: string | undefined): Promise<void>
  /** It notifies from now on: sends what is due, and at its time what will be. */
  lead(): void
  /**
   * Forgets alerts and what waits to be sent: another process has taken the state over, or all of it is
   * `submitted`.
   */
  stepDown(submitted?: Submitted): void
  /** Keeps for the process that adopts it what is submitted and not known to be saved. */
  keep(submitted: Submitted): void
  /** Everything up to this number is saved elsewhere. */
  release(number: number): void
  /** The highest number of each process that was received: part of the state, saved with it. */
  readonly seen: SeenNumbers
  /** What is saved in these calls is written at once: a kill leaves all of it, or nothing. */
  saveAsOne(work: () => void): void
  /** Writes all that was received; what may not be written is not. */
  save(): void
  /** Whether all that was saved is on disk, for another process to adopt. */
  isKept(): boolean
  flush(): Promise<FleetFlush>
  /** Whether its channels are as the options say, and some of them deliver. */
  canNotify(): boolean
  /** Answers what people ask of the process that notifies. Never rejects. */
  answer(question: unknown): Promise<Outcome>
  /** The copy of an item that may be stored: no secrets. */
  redactItem(item: Item): Item
  silences(): readonly RuntimeSilence[]
  /** Uses these in place of the present ones. */
  useSilences(silences: readonly RuntimeSilence[]): void
  /** The process cannot take part: one sentence why. */
  reportAlone(why: string): void
  /** It takes part again. */
  reportTogether(): void
  /** Another process notified for the fleet at the same time. */
  reportSplit(): void
  /** Another process of the fleet is unlike this one, in a way that people should know. */
  reportUnlike(process: string, what: 'options' | 'name' | 'version'): void
  /** Records that could not be submitted, or that another process submitted and this one cannot read. */
  countLost(records: number, reason?: 'alert-limit' | 'unreadable'): void
}

export interface SeenNumbers {
  of(member: string): number
  /** The same as it is saved: the process may forget what it submitted. */
  saved(member: string): number
  note(member: string, number: number): void
}

/** Who notifies: this process, or another one. */
export interface Fleet {
  /**
   * In whose name the journal is written, for those that take over from it: another one after each time that
   * happened. Absent where there are no others.
   */
  writer?(): string
  /** Whether this process notifies: else its alerts are in another one, and nothing falls due here. */
  readonly decides: boolean
  /** Whether it still may: asked before each attempt and each write. Absent where there are no others. */
  mayAct?(): boolean
  /** Whether the processes notify separately at present. Absent where there are no others. */
  isAlone?(): boolean
  /** Submits a record; false, or absent: count it here. */
  submit?(occurrence: Occurrence, at: number, origin: Origin): boolean
  /** The same for a record that ends what was raised under these names; `at` as in `EndItem`. */
  submitEnd(names: readonly string[], record: LogRecord, at?: number): boolean
  /** Passes to all processes a silence that was made or ended here; false: save it here. */
  submitSilence(silence: RuntimeSilence | string): boolean
  /** Whether other processes take part. */
  isShared(): boolean
  /** Before all that was counted is saved. */
  prepareSave?(): void
  /**
   * Does what was decided once that is saved, and drops it if another process has taken over. Absent where
   * what is saved is certain at once. Resolves when it was done or dropped.
   */
  whenSaved?(act: () => void): Promise<void>
  /** What is counted may be lost to another process, unless it is saved as a whole. */
  hasUnsaved(): boolean
  /** All that was counted so far is saved. */
  noteSaved(): void
  /** Resolves once it is known who notifies, and if that is this process, what former ones left. */
  join(host: FleetHost): Promise<void>
  /** Submits at once, and asks the one that notifies to send, if need be; undefined: send here. */
  flush(withinMs: number, need: FlushNeed): Promise<FleetFlush | undefined>
  /** Asks the one that notifies; undefined: it is answered here, or there is no answer. */
  ask?(question: unknown, withinMs: number): Promise<Outcome | undefined>
  /** Before the end: 'here' if what waits is to be sent here, 'left' if another process has it or will. */
  leave(withinMs: number): Promise<'here' | 'left'>
  /** At the very end: what no process took over is kept. */
  keepRest(): void
  /** After the end: releases what others wait for. */
  close(): void | Promise<void>
  stats(): FleetStats | undefined
}
