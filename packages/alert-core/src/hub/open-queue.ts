/**
 * The queue of one configured channel: what the plan says of it, and where its outcomes go.
 */
import { hasOnlyNotices } from '../alerts/notification.ts'
import type { Tracker } from '../alerts/tracker.ts'
import { linkMs, signLink } from '../control/link-token.ts'
import { type ChannelQueue, createQueue } from '../deliver/queue.ts'
import type { Fleet } from '../fleet/fleet-types.ts'
import type { Notification } from '../model.ts'
import type { ChannelPlan, Plan } from '../options.ts'
import type { SendContext, Sender } from '../provider/provider.ts'
import type { Answering } from '../render/closing.ts'
import { words } from '../render/phrases.ts'
import { providerName } from '../render/provider-name.ts'
import { createRenderer, type Renderer } from '../render/render.ts'
import type { State } from '../state/state.ts'
import { isObject } from '../text/get-path.ts'
import { cleanLine } from '../text/text.ts'
import type { Clock } from '../time/clock.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Fallbacks } from './fallback.ts'
import type { HubPorts } from './hub-types.ts'
import type { Network } from './network.ts'
import type { Reporting } from './reporting.ts'

export interface QueuePorts {
  readonly inForce: OptionsInForce
  readonly tracker: Tracker
  readonly state: State | undefined
  readonly fleet: Pick<Fleet, 'mayAct' | 'isAlone'>
  readonly reporting: Pick<Reporting, 'events' | 'counters' | 'internalErrors' | 'metaAlerts'>
  readonly clock: Clock
  readonly steady: Clock
  readonly network: Network
  readonly ports: HubPorts
}

/** Opens the queue of a channel; its provider is opened at the first attempt. */
export function openQueue(
  channel: ChannelPlan,
  fallbacks: Fallbacks,
  noteOutcome: (notification: Notification, isDelivered: boolean) => void,
  refusals: { count: number; lastAt: number },
  queuePorts: QueuePorts,
): ChannelQueue {
  const { inForce, tracker, fleet, clock, steady, network, ports } = queuePorts
  const { events, metaAlerts } = queuePorts.reporting
  const { name, definition, providerOptions } = channel
  const { plan } = inForce.compiled
  const { content, service, env } = plan

  let isProven = false

  let renderer: Renderer | undefined
  function openRenderer(): Renderer {
    renderer ??= createRenderer({
      ...channel,
      ...content,
      channel: name,
      provider: definition.title,
      service,
      env,
      maxAlerts: plan.limits.alerts,
      family: definition.family ?? (definition.kind === 'chat' ? 'chat' : undefined),
      listsOthers: definition.kind === 'incident' || definition.kind === 'webhook',
      isAlone: fleet.isAlone,
      answering: answeringOf(channel, plan, queuePorts),
    })
    return renderer
  }

  // What writes messages is loaded after the first lines, which do not need it: a turn later, because what
  // was posted to this thread before is read in between. And not only for the first message: that may come
  // when a deployment has replaced the files.
  setImmediate(() =>
    setImmediate(() => {
      openRenderer()
      inForce.compiled.shownKey(name)
    }),
  )

  function openSender(): Sender | Promise<Sender> {
    if (ports.sender !== undefined) return ports.sender(name)
    return inForce.compiled.plan.dryRun ? openDryRun(channel) : definition.open(providerOptions)
  }

  return createQueue({
    channel: name,
    fallback: channel.fallback,
    sender: openSender,
    maySend: fleet.mayAct,
    render: (notification, options) => openRenderer()(notification, options),
    limits: { ...definition.limits, ...channel.providerLimits },
    stated: definition.limits,
    // A dry run opens no provider, and its options may be incomplete.
    addresses: plan.dryRun ? undefined : definition.addresses?.(providerOptions),
    hosts: hostsOf(providerOptions, network.proxyOf),
    clock: steady,
    now: clock.now,
    timeoutMs: channel.timeoutMs,
    retryForMs: channel.retryForMs,
    retry: channel.retry,
    maxWaiting: plan.limits.queue,
    mask: (text) => inForce.compiled.mask(text),
    ...network,
    quota: {
      limits: channel.limits,
      roomAt: () => (fallbacks.ignoresQuotas() ? Number.NEGATIVE_INFINITY : tracker.quotaRoomAt(name)),
    },
    onEvent(event) {
      if (event.type === 'delivered') {
        isProven = true
        if (metaAlerts.failing.has(name)) metaAlerts.noteRecovery(name)
      }
      events.emit(event)
    },
    onAttemptFailed(why) {
      if (!isProven) metaAlerts.noteUnproven(name, why)
    },
    onFailed(notification, { reason, why, isFollowUp = false }) {
      // What a closed channel did not send stays in the journal: sent by another one, it would be sent twice.
      const isOwed = reason !== 'closed' && reason !== 'already-notified'
      if (isOwed && !hasOnlyNotices(notification)) {
        if (channel.fallback === undefined)
          Object.assign(refusals, { count: refusals.count + 1, lastAt: steady.now() })
        fallbacks.fallBack(notification, reason, why)
      }
      // A quota has a meta-alert of its own.
      if (!isFollowUp && reason !== 'quota') metaAlerts.noteFailure(name, notification, reason, why)
    },
    onPaused: (untilMs) => tracker.pause(name, untilMs),
    onDeferred({ items }, until) {
      if (items.length === 0) return
      tracker.noteQuotaExhausted(name, items.length, clock.now())
      metaAlerts.noteQuotaExhausted({ channel: name, alerts: items.length, until })
    },
    onDone: noteOutcome,
  })
}

/** What a terminal shows may end in a log: no link that lets its reader answer stands there. */
function answeringOf({ type }: ChannelPlan, plan: Plan, { tracker, clock }: QueuePorts): Answering {
  const { control, stateDir, dryRun } = plan
  const base = control?.url?.replace(/\/+$/, '')
  const isShown = type === 'console' || dryRun
  return {
    shortIdOf: tracker.shortId,
    hasCommand: stateDir !== undefined && !dryRun,
    ...(control === undefined || base === undefined || isShown
      ? {}
      : {
          addressOf(id, locale) {
            const scope = id === undefined ? 'status' : (`alert ${id}` as const)
            const token = signLink(control.secret, scope, clock.now() + linkMs)
            return `${base}/${id === undefined ? '' : `a/${id}`}?t=${token}&l=${locale}`
          },
        }),
  }
}

/** Shows what a channel would send as a card on stderr. */
async function openDryRun({ name, definition, locale }: ChannelPlan): Promise<Sender> {
  const { openByType } = await import('../options/open-provider.ts')
  const console = await openByType('console', {})
  const firstLine = words[locale].dryRun(cleanLine(name), providerName(definition.title, locale))
  return {
    async send(message, context) {
      const fit: SendContext['fit'] = (render, limits) =>
        context.fit((part) => `${firstLine}\n${render(part)}`, limits)
      const receipt = await console.send(message, { ...context, fit })
      return receipt.status === 'delivered' ? { ...receipt, note: `dry run: ${message.subject}` } : receipt
    },
  }
}

/**
 * Where the options of a channel send to, for messages about a channel that does not answer: the hosts with
 * their ports, in the order of the addresses, each with the proxy on the way to it; empty if
 * the options name none.
 */
export function hostsOf(options: unknown, proxyOf: SendContext['proxyOf']): readonly string[] {
  if (!isObject(options)) return []
  const { url, endpoint, host, service, proxy } = options
  const chosen = (address: string) => {
    if (proxy === false) return undefined
    return typeof proxy === 'string' ? proxy : proxyOf?.(address)
  }
  return [url ?? endpoint ?? host ?? service].flat().flatMap((place) => {
    if (typeof place !== 'string') return []
    const address = place.includes('://') ? place : `smtp://${place}`
    const through = chosen(address)
    const by =
      through !== undefined && URL.canParse(through) ? ` (through proxy ${new URL(through).host})` : ''
    // A text that is not an address may hold a secret.
    return URL.canParse(address) ? `${new URL(address).host}${by}` : []
  })
}
