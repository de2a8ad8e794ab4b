/**
 * What a service logs under a virtual clock, and what one channel of each family is sent of it, as its
 * readers see it: every message comes from a hub, and passes the provider of its channel.
 */
import { onTestFinished, vi } from 'vitest'
import type { Hub } from '#core/hub/hub-types.ts'
import type { Receipt } from '#core/model.ts'
import { type AlertOptions, type ChannelOptions, checkOptions } from '#core/options.ts'
import { mailSubject } from '#core/provider/markup.ts'
import type { Message, SendContext } from '#core/provider/provider.ts'
import { plain, writeFrame } from '#core/providers/console/console-frame.ts'
import { writeMailText } from '#core/providers/email/mail-text.ts'
import { createProcesses } from '../hub/processes-rig.ts'
import { aDirectory } from '../hub/state-rig.ts'

interface Pages {
  readonly families: readonly { name: string; type: string; options: object }[]
  createReader(
    core: object,
  ): (name: string, message: Message, context: SendContext, planned: unknown) => Promise<string[]>
}

const pages = (await import(new URL('../../../docs/messages.mjs', import.meta.url).href)) as Pages
const core = { mailSubject, plain, writeFrame, writeMailText }

export type Locale = 'en' | 'zh-CN'

/** What happens to a service. */
export interface Story {
  /** '2026-11-30 21:05:12', as all times here in Shanghai. */
  readonly start: string
  /** `locale` for words that the user chooses. */
  readonly options?: (locale: Locale) => AlertOptions
  /** Of each family's channel. */
  readonly channel?: ChannelOptions
  /** Its processes share a directory, also with those before; it starts them itself. */
  readonly isKept?: true
  /** What the provider of another channel answers; default: delivered. */
  readonly answer?: (channel: string, at: number) => Receipt | Promise<Receipt>
  run(service: Service): Promise<void>
}

export interface Service {
  /** The process that started last. */
  readonly hub: () => Hub
  readonly hubs: readonly Hub[]
  start(options?: AlertOptions): Promise<Hub>
  close(hub: Hub): Promise<void>
  /** One line, by default of the process that started last. */
  log(fields: object, hub?: Hub): void
  /** So many lines from now until that time, the last one then. */
  logUntil(time: string, lines: readonly object[], hubs?: readonly Hub[]): Promise<void>
  /** With other options for some of its own. */
  reload(options: AlertOptions): void
  /** '21:07:22' of the day of the start, or with its date. */
  until(time: string): Promise<void>
}

/** What each channel was sent, in order; ids are `{id}`, and tokens of links are left out. */
export type Sent = Readonly<Record<string, readonly string[]>>

const always = { minSeverity: 'info', wait: '5s', interval: 0, sendResolved: true, limit: [] } as const

/** Families whose channels have no digest. */
const paging: readonly string[] = ['sms', 'incident']
/** A line is logged at one of so many moments. */
const mostMoments = 40

export async function play(story: Story, locale: Locale): Promise<Sent> {
  // Retries come at the same moments in each run.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => random.mockRestore())
  const sent: Record<string, string[]> = {}
  const read = pages.createReader(core)
  const own = story.options?.(locale) ?? {}
  const { channel } = story
  const takers = pages.families.filter(({ name }) => channel?.digest === undefined || !paging.includes(name))
  const families = takers.map(({ name, type, options }) => [
    name,
    { type, ...always, ...options, ...channel },
  ])
  const options: AlertOptions = {
    service: 'payments',
    env: 'prod',
    process: 'web-1',
    context: {},
    locale,
    timeZone: 'Asia/Shanghai',
    trace: { url: 'https://trace.example.com/{traceId}' },
    control: { url: 'https://alerts.example.com', secret: 'an example of a secret' },
    ...own,
    channels: { ...Object.fromEntries(families), ...own.channels },
  }
  const { plan, problems } = checkOptions(options, {})
  refuse(problems)

  const ports = {
    sender: (channel: string) => ({
      async send(message: Message, context: SendContext): Promise<Receipt> {
        const planned = plan.channels.find(({ name }) => name === channel)
        const receipt = (await story.answer?.(channel, processes.now())) ?? { status: 'delivered' }
        if (receipt.status !== 'delivered') return receipt
        const texts = await read(channel, message, context, planned)
        sent[channel] = [...(sent[channel] ?? []), ...texts.map(withoutIds)]
        return receipt
      },
    }),
  }
  const directory = story.isKept ? aDirectory() : undefined
  const processes = createProcesses({ startMs: timeOf(story.start), options, directory, ports })
  const { hubs, start, close, passTo, now } = processes
  const latest = () => hubs.at(-1)!
  const log = (fields: object, hub = latest()) => processes.log(hub, fields)
  const onDay = (time: string) => (time.includes(' ') ? time : `${story.start.slice(0, 10)} ${time}`)
  const until = (time: string) => passTo(timeOf(onDay(time)))

  if (!story.isKept) await start()
  await story.run({
    hub: latest,
    hubs,
    start,
    close,
    reload(over) {
      refuse(latest().reload({ ...options, ...over }))
    },
    log,
    until,
    async logUntil(time, lines, from = [latest()]) {
      const [first, end] = [now(), timeOf(onDay(time))]
      const atOnce = Math.ceil(lines.length / mostMoments)
      const last = Math.max(1, lines.length - 1)
      for (const [index, line] of lines.entries()) {
        const at = first + Math.round(((end - first) * index) / last)
        if (index % atOnce === 0 || index === last) await passTo(at)
        log(line, from[index % from.length])
      }
    },
  })
  // The end sends at once what is pending.
  const all = structuredClone(sent)
  await processes.closeAll()
  return all
}

function refuse(problems: readonly { readonly path: string; readonly message: string }[]): void {
  if (problems.length > 0)
    throw new Error(problems.map(({ path, message }) => `${path} ${message}`).join('\n'))
}

function timeOf(time: string): number {
  return Date.parse(`${time.replace(' ', 'T')}+08:00`)
}

/** Fingerprints say nothing of the wording, and tokens differ. */
function withoutIds(text: string): string {
  return text
    .trimEnd()
    .replace(/\?t=[\w.-]+(?:&l=[\w-]+)?(&?)/g, (_, more) => (more === '' ? '' : '?'))
    .replace(/\b[\da-f]{16}\b/g, '{id}')
    .replace(/(?<=(?:ID|id|编号)(?:: |：| )|[(（]|silence )[\da-f]{6}(?![\da-f])/g, '{id}')
}
