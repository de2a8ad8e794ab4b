/**
 * The rules of notifying as plainly as possible, at the price of speed: every second everything is
 * computed from the list of what happened and the list of what was sent. No deadlines, no flags, no
 * counters to go wrong.
 */
import type { ChannelPlan } from '#core/alerts/tracker.ts'
import { type Reason, severityRank } from '#core/model.ts'
import { idOf, resolveAfterOf, type Step } from './traces.ts'

interface Life {
  readonly start: number
  end?: number
  readonly records: { readonly at: number; readonly rank: number }[]
}

interface Notified {
  readonly at: number
  readonly id: string
  readonly life: number
  readonly rank: number
  readonly reason: Reason
  readonly added: number
}

/** What one channel is sent at one moment: `id reason +added`, sorted. */
export interface OracleMessage {
  readonly at: number
  readonly channel: string
  readonly items: readonly string[]
}

interface Channel {
  readonly plan: ChannelPlan
  readonly minRank: number
  readonly notified: Notified[]
  readonly messages: { readonly at: number; readonly items: number }[]
  /** Given up because an alert ended too soon. */
  readonly lost: { readonly id: string; readonly life: number; readonly count: number }[]
  pausedUntil: number
}

/** What these channels are sent if this happens, and then a while nothing; times are whole seconds. */
export function preview(
  plans: readonly { readonly plan: ChannelPlan; readonly minRank: number }[],
  steps: readonly Step[],
  restMs: number,
): { messages: OracleMessage[]; lost: string[] } {
  const messages: OracleMessage[] = []
  const lives = new Map<string, Life[]>()
  const channels: Channel[] = plans.map(({ plan, minRank }) => {
    return { plan, minRank, notified: [], messages: [], lost: [], pausedUntil: Number.NEGATIVE_INFINITY }
  })

  const livesOf = (id: string) => lives.get(id) ?? []
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)
  const rankOf = (life: Life) => Math.max(...life.records.map((record) => record.rank))
  const takes = (channel: Channel, life: Life) => rankOf(life) >= channel.minRank

  /** Records of the lives before `below` that the channel was not notified of. */
  function unnotified(channel: Channel, id: string, below: number): number {
    const matched = sum(
      livesOf(id)
        .slice(0, below)
        .map((life) => (takes(channel, life) ? life.records.length : 0)),
    )
    const notified = sum(
      channel.notified.filter((entry) => entry.id === id && entry.life < below).map((entry) => entry.added),
    )
    const lost = sum(
      channel.lost.filter((entry) => entry.id === id && entry.life < below).map((entry) => entry.count),
    )
    return matched - notified - lost
  }

  function firingNotified(channel: Channel, id: string, life: number): Notified[] {
    return channel.notified.filter(
      (entry) => entry.id === id && entry.life === life && entry.reason !== 'resolved',
    )
  }

  /** Since when the channel could have known: an earlier life that it still is to hear of counts. */
  function since(channel: Channel, id: string, life: number): number {
    const waited =
      life > 0 && firingNotified(channel, id, life - 1).length === 0 && unnotified(channel, id, life) > 0
    return waited ? since(channel, id, life - 1) : (livesOf(id)[life]?.start ?? 0)
  }

  function whatIsDue(
    channel: Channel,
    id: string,
  ): { reason: Reason; at: number; joinAt: number } | undefined {
    const { plan } = channel
    const number = livesOf(id).length - 1
    const life = livesOf(id)[number]
    if (life === undefined) return undefined
    const notified = firingNotified(channel, id, number)
    const last = notified.at(-1)
    const missing = unnotified(channel, id, number + 1)
    const wasCritical = rankOf(life) === severityRank('critical')

    if (last === undefined) {
      if (missing === 0) return owedEnd(channel, id, life)
      const before = channel.notified.findLast((entry) => entry.id === id && entry.reason !== 'resolved')
      const isCalm = before === undefined || rankOf(life) > before.rank
      const calmMs = plan.repeatMs === false ? 300_000 : plan.repeatMs
      const begin = since(channel, id, number)
      const joinAt = Math.max(begin + plan.afterMs, isCalm ? 0 : before.at + calmMs)
      const at = Math.max(joinAt, begin + (wasCritical ? 0 : plan.waitMs))
      return { reason: before === undefined ? 'first' : 'regression', at, joinAt }
    }

    const endNotified = channel.notified.some(
      (entry) => entry.id === id && entry.life === number && entry.reason === 'resolved',
    )
    const sendsEnd = plan.sendResolved === 'always' || (plan.sendResolved === 'critical' && wasCritical)
    if (life.end !== undefined && !endNotified && sendsEnd) return { reason: 'resolved', at: 0, joinAt: 0 }
    if (!takes(channel, life)) return undefined
    const renews = plan.renews === true && life.end === undefined
    if (missing === 0 && !renews) return undefined
    if (missing > 0 && rankOf(life) > last.rank) return { reason: 'escalated', at: 0, joinAt: 0 }
    if (plan.repeatMs === false) return undefined
    const repeats = notified.length - 1 - notified.findLastIndex((entry) => entry.reason !== 'repeat')
    const pauseMs = Math.max(plan.repeatMs, Math.min(plan.repeatMs * 2 ** repeats, plan.repeatMaxMs))
    const at = last.at + (missing === 0 ? Math.max(pauseMs, 60_000) : pauseMs)
    return { reason: 'repeat', at, joinAt: at }
  }

  /** The channel was notified of a life before this one, and of nothing since. */
  function owedEnd(
    channel: Channel,
    id: string,
    life: Life,
  ): { reason: Reason; at: number; joinAt: number } | undefined {
    const before = channel.notified.findLast((entry) => entry.id === id)
    if (life.end === undefined || before === undefined || before.reason === 'resolved') return undefined
    const wasCritical = before.rank === severityRank('critical')
    const { sendResolved } = channel.plan
    const isWanted = sendResolved === 'always' || (sendResolved === 'critical' && wasCritical)
    return isWanted ? { reason: 'resolved', at: 0, joinAt: 0 } : undefined
  }

  function isBusy({ plan, messages: sent, pausedUntil }: Channel, now: number): boolean {
    if (now < pausedUntil) return true
    const last = sent.at(-1)
    if (last === undefined) return false
    if (now < last.at + plan.intervalMs) return true
    const storm = sum(sent.filter((message) => message.at > last.at - 30_000).map((message) => message.items))
    if (storm > 20 && now < last.at + 30_000) return true
    return plan.limits.some(
      ({ count, perMs }) => sent.filter((message) => message.at > now - perMs).length >= count,
    )
  }

  function composeDue(channel: Channel, now: number): boolean {
    if (isBusy(channel, now)) return false
    const due = [...lives.keys()].flatMap((id) => {
      const what = whatIsDue(channel, id)
      return what !== undefined && what.joinAt <= now ? [{ id, ...what }] : []
    })
    if (!due.some(({ at }) => at <= now)) return false
    const notified = due.map(({ id, reason }): Notified => {
      const life = livesOf(id).length - 1
      const rank = rankOf(livesOf(id)[life] as Life)
      return { at: now, id, life, rank, reason, added: unnotified(channel, id, life + 1) }
    })
    channel.notified.push(...notified)
    channel.messages.push({ at: now, items: notified.length })
    const items = notified.map(({ id, reason, added }) => `${id} ${reason} +${added}`).sort()
    messages.push({ at: now, channel: channel.plan.name, items })
    return true
  }

  function finish(id: string, at: number): void {
    const number = livesOf(id).length - 1
    const life = livesOf(id)[number]
    if (life === undefined || life.end !== undefined) return
    life.end = at
    for (const channel of channels) {
      const { afterMs } = channel.plan
      const tooSoon = afterMs > 0 && at <= since(channel, id, number) + afterMs
      const count = unnotified(channel, id, number + 1)
      if (!tooSoon || count === 0 || firingNotified(channel, id, number).length > 0) continue
      channel.lost.push({ id, life: number, count })
    }
  }

  function settle(now: number): void {
    for (const [id, all] of lives) {
      const quietMs = resolveAfterOf(Number(id.slice(1)))
      const last = all.at(-1)?.records.at(-1)?.at ?? now
      if (quietMs !== false && now >= last + quietMs) finish(id, last + quietMs)
    }
    for (const channel of channels) while (composeDue(channel, now));
  }

  let now = 0
  const pass = (until: number) => {
    for (; now < until; now += 1000) settle(now)
    settle(now)
  }
  for (const step of steps) {
    pass(now + step.afterMs)
    if (step.does === 'fire') {
      const id = idOf(step.key)
      const record = { at: now, rank: severityRank(step.severity) }
      const life = livesOf(id).at(-1)
      if (life !== undefined && life.end === undefined) life.records.push(record)
      else lives.set(id, [...livesOf(id), { start: now, records: [record] }])
    } else if (step.does === 'resolve') finish(idOf(step.key), now)
    else if (step.does === 'hold') {
      const channel = channels[step.channel % channels.length]
      if (channel !== undefined) channel.pausedUntil = Math.max(channel.pausedUntil, now + step.forMs)
    }
    settle(now)
  }
  pass(now + restMs)
  const lost = channels.flatMap((channel) =>
    channel.lost.map((entry) => `${channel.plan.name} ${entry.id} ${entry.count}`),
  )
  return { messages, lost }
}
