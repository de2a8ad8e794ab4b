/**
 * What an application's thread and the thread of its hubs share: setups, messages, and a few numbers in
 * shared memory that can be read and awaited without an event loop. Options cross as checked: the check, and
 * the schemas that it is made of, are most of what there is to load, and the thread starts without them.
 */
import type { MessagePort } from 'node:worker_threads'
import type { Wanted } from '../hub/hub-types.ts'
import type { AlertEvent, Answered } from '../model.ts'
import type { ChannelPlan, CheckedOptions, Plan } from '../options.ts'
import type { ProviderDefinition, Sender } from '../provider/provider.ts'
import type { HostSetup } from './host.ts'
import type { Answer } from './hub-requests.ts'
import type { Ring } from './ring.ts'

/** What a thread is started with. */
export interface ThreadData {
  /** One number, which changes with whatever a hub of the thread does. */
  readonly progress: SharedState
  /** Other hubs may be opened in it; else it ends by itself after its only one. */
  readonly isShared: boolean
}

/** What is posted to a thread itself. */
export type ThreadOrder =
  | { readonly open: ThreadSetup }
  /** Its hubs are closed. */
  | { readonly exit: true }

/** What a hub of a thread is opened with. */
export interface ThreadSetup extends Pick<HostSetup, 'options' | 'wire'> {
  readonly packed?: PackedPlan
  readonly state: SharedState
  /** What crosses while the hub is awake: see `createRing`. */
  readonly ring: Ring
  /** The hub's end of the channel to its host: a port can be read without an event loop. */
  readonly news: MessagePort
  /** Variables of the environment that have changed since the start of the thread. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The last message to a hub: it closes by `endAt` (epoch ms), or `leastMs` from now if that is later.
 */
export interface End {
  readonly endAt: number
  readonly leastMs: number
}

/** What a hub posts. */
export type ThreadMessage =
  | { readonly ready: true }
  /** It could not be opened. */
  | { readonly refused: Error }
  | { readonly room: true }
  | { readonly event: AlertEvent }
  | { readonly wanted: Wanted }
  | Answer

export type SharedState = Int32Array<SharedArrayBuffer>

/** Indexes into the shared state. */
export const slot = {
  /** UTF-16 units read so far, wrapping around. */
  read: 0,
  /** 0 until the hub is up, 1 then. */
  up: 1,
  /** 1 when the hub is closed. */
  ended: 2,
  /** 1 while the writing side waits for room. */
  wantsRoom: 3,
  /** Which line of the text that is being read is being taken, counted from 1; 0 between two texts. */
  line: 4,
} as const

export function createProgress(): SharedState {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
}

export function createState(): SharedState {
  return new Int32Array(new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT))
}

/** Sets a slot and wakes the thread that waits for it. */
export function setSlot(state: SharedState, index: number, value: number): void {
  Atomics.store(state, index, value)
  Atomics.notify(state, index)
}

/** Blocks this thread while the slot holds `value`, at most until `deadline` by `performance.now()`. */
export function waitWhile(state: SharedState, index: number, value: number, deadline: number): void {
  for (;;) {
    const ms = deadline - performance.now()
    if (Atomics.load(state, index) !== value || ms <= 0) return
    Atomics.wait(state, index, value, ms)
  }
}

/**
 * Checked options as plain data: how a provider sends cannot cross, and is loaded in the thread for the first
 * message.
 */
export interface PackedPlan extends Pick<CheckedOptions, 'problems'> {
  readonly plan: Omit<Plan, 'channels'> & { readonly channels: readonly PackedChannel[] }
}

type PackedChannel = Omit<ChannelPlan, 'definition'> & {
  readonly provider: Pick<ProviderDefinition, 'title' | 'kind' | 'family' | 'limits' | 'renews'> & {
    readonly addresses: number | undefined
    readonly notices: readonly Answered['type'][] | undefined
  }
}

/** Leaves out what cannot cross. */
export function packPlan({ plan, problems }: CheckedOptions): PackedPlan {
  const channels = plan.channels.map(({ definition, ...channel }) => {
    const { title, kind, family, limits, renews } = definition
    const addresses = definition.addresses?.(channel.providerOptions)
    const notices = definition.notices?.(channel.providerOptions)
    return {
      ...channel,
      provider: {
        title,
        kind,
        limits,
        addresses,
        notices,
        ...(family && { family }),
        ...(renews && { renews }),
      },
    }
  })
  return { plan: { ...plan, channels }, problems }
}

/** The checked options again; `open` opens a provider by its type. */
export function unpackPlan(
  { plan, problems }: PackedPlan,
  open: (type: string, options: Record<string, unknown>) => Promise<Sender>,
): CheckedOptions {
  const channels = plan.channels.map(({ provider: { addresses, notices, ...provider }, ...channel }) => ({
    ...channel,
    definition: {
      ...provider,
      ...(addresses !== undefined && { addresses: () => addresses }),
      ...(notices !== undefined && { notices: () => notices }),
      open: (options: Record<string, unknown>) => open(channel.type, options),
    },
  }))
  return { plan: { ...plan, channels }, problems }
}
