import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createHub } from '#core/hub/create-hub.ts'
import type { Hub, HubPorts } from '#core/hub/hub-types.ts'
import type { AlertEvent } from '#core/model.ts'
import type { AlertOptions } from '#core/options.ts'
import { createVirtualClock, type VirtualClock } from '#core/time/virtual-clock.ts'

export interface Post {
  /** Since the start, ms. */
  readonly at: number
  readonly url: string
  readonly headers: Headers
  readonly body: {
    readonly id: string
    readonly reason: string
    readonly severity: string
    readonly text: string
    readonly notes?: readonly { readonly type: string; readonly text: string }[]
    readonly alerts: readonly {
      readonly id: string
      readonly rule: string
      readonly key?: string
      readonly latestMessage: string
      readonly reason: string
      readonly newCount: number
      readonly count: number
    }[]
  }
}

export interface Rig {
  readonly hub: Hub
  readonly clock: VirtualClock
  readonly posts: Post[]
  readonly events: AlertEvent[]
}

export const start = Date.UTC(2026, 0, 1)
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

export const ok = () => new Response('{"ok":true}')
export const hook = (name: string) => ({ type: 'webhook', url: `https://im.example.com/${name}` }) as const
export const line = (fields: object) => JSON.stringify({ level: 50, time: start, ...fields })
export const fatal = (msg: string) => line({ level: 60, msg })
export const never = new Promise<Response>(() => {})

/** A directory that goes with the test. */
export function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'alert-state-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** What a `kill -9` at this moment would leave behind. */
export function imageOf(directory: string): string {
  const image = aDirectory()
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.lock')) cpSync(join(directory, name), join(image, name))
  }
  return image
}

/** A hub under the virtual clock whose webhooks are answered by `answer`. */
export function openHub(
  options: AlertOptions,
  {
    at = start,
    answer = ok as (url: string) => Response | Promise<Response>,
    clock = createVirtualClock(at) as VirtualClock,
    ports = {} as HubPorts,
  } = {},
): Rig {
  const posts: Post[] = []
  const events: AlertEvent[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const headers = new Headers(init?.headers)
    posts.push({ at: clock.now() - start, url: String(url), headers, body: JSON.parse(String(init?.body)) })
    return answer(String(url))
  }
  const hub = createHub(options, { clock, fetch, env: {}, ...ports })
  hub.subscribe((event) => events.push(event))
  onTestFinished(async () => {
    const closed = hub.close()
    await clock.advance(10 * second)
    await closed
  })
  return { hub, clock, posts, events }
}

/** Adopting reads files, which takes real time: waits for it, and for what is due at once. */
export async function started({ hub, clock }: Rig): Promise<void> {
  while (hub.stats().state?.ready === false) await new Promise(setImmediate)
  await clock.advance(0)
}
