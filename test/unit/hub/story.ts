/**
 * A hub under the virtual clock as a story: what the application logs at which moment goes in, what is sent
 * comes out, one line for each alert that a message names.
 */
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub, HubPorts } from '#core/hub/hub-types.ts'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import type { Message } from '#core/provider/provider.ts'
import { createVirtualClock, type VirtualClock } from '#core/time/virtual-clock.ts'

export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

/** Midnight UTC of a Thursday, far from any change of offset. */
export const midnight = Date.UTC(2026, 0, 1)

/** A channel that says each thing at once, and no more of it than its rules ask for. */
export const prompt = { type: 'console', wait: 0, interval: 0 } as const

/** One alert in one message. */
export interface Notified {
  /** Since the start, ms. */
  readonly at: number
  readonly channel: string
  readonly reason: string
  readonly rule: string
  readonly key: string
  readonly added: number
  readonly count: number
  readonly title: string
}

export interface Story {
  readonly hub: Hub
  readonly clock: VirtualClock
  readonly events: AlertEvent[]
  readonly messages: { readonly at: number; readonly channel: string; readonly message: Message }[]
  /** Lets time pass to this moment, ms since the start. */
  until(at: number): Promise<void>
  /** Logs one line at this moment, ms since the start. */
  log(at: number, fields: object): Promise<void>
  notified(channel?: string): Notified[]
  /** The same as short text: `1:05 ops first job failed`; what distinguishes keys is for the test to ask. */
  lines(channel?: string): string[]
}

/** Opens the hub at `start`, epoch ms; further ports as given. */
export function openStory(
  options: AlertOptions,
  { start = midnight, ...ports }: HubPorts & { start?: number } = {},
): Story {
  const clock = createVirtualClock(start)
  const messages: Story['messages'] = []
  const hub = createHub(options, {
    clock,
    env: {},
    sender: (channel) => ({
      async send(message) {
        messages.push({ at: clock.now() - start, channel, message })
        return { status: 'delivered' }
      },
    }),
    ...ports,
  })
  const events: AlertEvent[] = []
  hub.subscribe((event) => events.push(event))

  async function until(at: number): Promise<void> {
    if (!clock.skipTo(start + at)) await clock.advanceTo(start + at)
  }

  function notified(channel?: string): Notified[] {
    return messages.flatMap(({ at, channel: name, message }) => {
      if (channel !== undefined && channel !== name) return []
      return message.cards.map(({ reason, title, data }) => {
        const { rule = '', key = '', newCount: added = 0, count = 0 } = data
        return { at, channel: name, reason, rule, key, added, count, title }
      })
    })
  }

  return {
    hub,
    clock,
    events,
    messages,
    until,
    async log(at, fields) {
      await until(at)
      hub.write(JSON.stringify({ level: 30, time: start + at, ...fields }))
    },
    notified,
    lines: (channel) =>
      notified(channel).map(({ at, channel: name, reason, rule, added }) => {
        return `${stampOf(at)} ${name} ${reason} ${rule} +${added}`
      }),
  }
}

/** 3 725 000 is '1:02:05'. */
function stampOf(ms: number): string {
  const seconds = Math.floor(ms / second)
  const two = (number: number) => String(number).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`
}
