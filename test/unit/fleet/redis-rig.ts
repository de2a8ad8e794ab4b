// Hubs that share a Redis, each as if it were a process of its own, and what people were notified of.
import { setTimeout as sleep } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub } from '#core/hub/hub-types.ts'
import type { AlertOptions } from '#core/options.ts'
import { systemClock } from '#core/time/clock.ts'
import type { RedisServer } from './redis-server.ts'

interface Body {
  /** The end of its address. */
  readonly to: string
  readonly id: string
  readonly subject: string
  readonly text: string
  readonly reason: string
  readonly alerts: readonly {
    readonly id: string
    readonly releaseNote?: object
    readonly rule: string
    readonly latestMessage: string
    readonly reason: string
    readonly newCount: number
    readonly count: number
    readonly processes?: readonly { readonly name: string; readonly count: number }[]
  }[]
  /** Those that have no card. */
  readonly others?: readonly { readonly id: string; readonly newCount: number }[]
}

export interface Member {
  readonly hub: Hub
  readonly name: string
  readonly warnings: { readonly code: string; readonly message: string }[]
  log(msg: string, fields?: object): void
  role(): string | undefined
}

export type Fleet = ReturnType<typeof createFleet>

/** `clocks`: how far that of each process, in turn, is ahead of the machine's, in ms. */
export function createFleet(
  server: Pick<RedisServer, 'url'>,
  more: AlertOptions = {},
  clocks: readonly number[] = [0],
) {
  const bodies: Body[] = []
  const members: Member[] = []
  const logged = new Map<string, number>()
  const { state, ...others } = more
  let answer: (to: string) => Promise<Response> | Response = () => new Response('{"ok":true}')

  /** `use`: what is done with it at once. */
  async function start(extra: AlertOptions = {}, use: (hub: Hub) => void = () => {}): Promise<Member> {
    const name = `web-${members.length + 1}`
    const warnings: Member['warnings'] = []
    const aheadMs = clocks[members.length % clocks.length]!
    const now = () => Date.now() + aheadMs
    const hub = createHub(
      {
        service: 'orders',
        process: name,
        closeTimeout: '5s',
        state: state ?? { redis: server.url },
        channels: {
          hook: {
            type: 'webhook',
            url: 'https://im.example.com/x',
            wait: '500ms',
            interval: 0,
            repeat: '1s',
            repeatMax: '1s',
          },
        },
        ...others,
        ...extra,
      },
      {
        clock: { ...systemClock, now },
        fetch: async (url, init) => {
          const to = String(url).split('/').at(-1) ?? ''
          const body = { ...(JSON.parse(String(init?.body)) as Body), to }
          const response = await answer(to)
          if (response.ok) bodies.push(body)
          return response
        },
        warn: (message, code) => warnings.push({ code, message }),
      },
    )
    const member: Member = {
      hub,
      name,
      warnings,
      log(msg, fields = {}) {
        logged.set(msg, (logged.get(msg) ?? 0) + 1)
        hub.write(JSON.stringify({ level: 50, time: now(), msg, ...fields }))
      },
      role: () => hub.stats().fleet?.role,
    }
    use(hub)
    members.push(member)
    onTestFinished(async () => void (await hub.close(2_000)))
    await until(() => member.role() !== 'starting')
    await until(() => hub.stats().state?.ready === true)
    return member
  }

  const notified = () => {
    const counts = new Map<string, number>()
    for (const { rule, latestMessage, newCount } of bodies.flatMap(({ alerts }) => alerts))
      if (!rule.startsWith('@')) counts.set(latestMessage, (counts.get(latestMessage) ?? 0) + newCount)
    return counts
  }

  return {
    start,
    async startAll(size: number): Promise<Member[]> {
      for (let n = 0; n < size; n++) await start()
      // The others are known to the one that notifies with its next call.
      await until(() =>
        members.some(({ hub, role }) => role() === 'speaker' && hub.stats().fleet?.processes === size),
      )
      return members
    },
    members,
    bodies,
    logged,
    notified,
    texts: () => bodies.map(({ subject, text }) => `${subject}\n${text}`),
    isAllNotified: () => [...notified()].sort().toString() === [...logged].sort().toString(),
    speaker: () => members.find((member) => member.role() === 'speaker'),
    answerWith(next: typeof answer) {
      answer = next
    },
  }
}

/** Polls: what is waited for happens in Redis and in timers. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20)
}

/** Each member logs some kinds again and again, about so many records a second together. */
export async function storm(
  { members }: Pick<Fleet, 'members'>,
  {
    ms,
    perSecond = 400,
    kinds = 4,
  }: { readonly ms: number; readonly perSecond?: number; readonly kinds?: number },
): Promise<void> {
  const endAt = Date.now() + ms
  const turnMs = 20
  let n = 0
  while (Date.now() < endAt) {
    for (let k = 0; k < (perSecond * turnMs) / 1000; k++, n++)
      members[n % members.length]!.log(messages[(n * 7) % kinds]!)
    await sleep(turnMs)
  }
}

/** So unlike each other that none are merged. */
export const messages = [
  'the cache is down',
  'no answer from the payment gateway',
  'mailer: too many connections',
  'search index cannot be opened',
  'ledger differs',
  'printer has no paper left in any tray',
  'queue overflow',
  'cannot parse the configuration of billing',
]
