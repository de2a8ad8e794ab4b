/** The mails of each kind of message, as a mail server gets them. */
import { createInbox } from '#cli/inbox/inbox.ts'
import { createHub } from '#core/hub/create-hub.ts'
import { checkOptions, type Plan } from '#core/options.ts'
import type { Message, SendContext } from '#core/provider/provider.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

interface Kind {
  readonly name: string
  readonly families?: readonly string[]
}
type Planned = Plan['channels'][number]

const page = new URL('../../docs/message-kinds.mjs', import.meta.url).href
const { kinds, runKind } = (await import(page)) as {
  readonly kinds: readonly Kind[]
  runKind(
    kind: Kind,
    how: {
      readonly locale: string
      readonly core: object
      readonly channels: object
      receive(name: string, message: Message, context: SendContext, planned: Planned): void
    },
  ): Promise<void>
}

export interface Mail {
  readonly kind: string
  readonly source: string
}

/** Every mail of every kind that is sent by mail, in one language. */
export async function mailsOf(locale: 'en' | 'zh-CN'): Promise<readonly Mail[]> {
  const inbox = await createInbox({ rateLimits: false })
  const mail = { ...inbox.channels.email, type: 'email', to: ['ops@example.com'] }
  const core = { createHub, createVirtualClock, checkOptions }
  const sent: { kind: string; message: Message; context: SendContext; planned: Planned }[] = []
  for (const kind of kinds) {
    if (kind.families !== undefined && !kind.families.includes('mail')) continue
    await runKind(kind, {
      locale,
      core,
      channels: { mail },
      receive(_, message, context, planned) {
        const at = context.now()
        const { signal } = new AbortController()
        sent.push({ kind: kind.name, message, context: { ...context, signal, now: () => at }, planned })
      },
    })
  }
  const mails: Mail[] = []
  // Only now: a server answers in its own time, and the clock of the kinds is a virtual one.
  for (const { kind, message, context, planned } of sent) {
    const sender = await planned.definition.open(planned.providerOptions as never)
    const receipt = await sender.send(message, context)
    if (receipt.status !== 'delivered') throw new Error(`${kind}: ${JSON.stringify(receipt)}`)
    mails.push({ kind, source: inbox.received().at(-1)!.request.body })
  }
  await inbox.close()
  return mails
}
