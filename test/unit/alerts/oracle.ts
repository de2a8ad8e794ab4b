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
  /** How often the alert started by then. */
  readonly starts: number
  end?: number
  readonly records: { readonly at: number; readonly rank: number }[]
}

interface Sent {
  readonly at: number
  readonly id: string
  readonly life: number
  /** The channel took the present life; if not, the message was about earlier ones. */
  readonly isPresent: boolean
  /** The alert had ended, as the message said. */
  readonly isOver: boolean
  readonly rank: number
  readonly reason: Reason
  readonly added: number
  /** Records of the life by then. */
  readonly count: number
}

interface Last {
  readonly at: number
  readonly rank: number
  readonly worst: number
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
  readonly notified: Sent[]
  readonly messages: {
    readonly at: number
    readonly newKinds: number
    readonly isCharged: boolean
  }[]
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

  function firingSent(channel: Channel, id: string, life: number): Sent[] {
    return channel.notified.filter(
      (entry) => entry.id === id && entry.life === life && entry.reason !== 'resolved',
    )
  }

  /** Records of one life that were not sent by the end of it. */
  function unsentOf(channel: Channel, id: string, life: number): number {
    const whole = livesOf(id)[life]
    if (whole === undefined || !takes(channel, whole)) return 0
    const seen = channel.notified.filter((entry) => entry.id === id && entry.life === life && entry.isPresent)
    const lost = channel.lost.filter((entry) => entry.id === id && entry.life === life)
    if (lost.length > 0) return 0
    return whole.records.length - (seen.at(-1)?.count ?? 0)
  }

  /** The rank of the worst life before this one that has unsent records; -1 if none has. */
  function formerRank(channel: Channel, id: string, life: number): number {
    let rank = -1
    for (let before = life - 1; before >= 0; before--) {
      if (firingSent(channel, id, before + 1).length > 0) break
      if (channel.notified.some((entry) => entry.id === id && entry.life > before)) break
      if (channel.lost.some((entry) => entry.id === id && entry.life >= before)) break
      const whole = livesOf(id)[before]
      if (whole !== undefined && unsentOf(channel, id, before) > 0) rank = Math.max(rank, rankOf(whole))
    }
    return rank
  }

  function shownRank(channel: Channel, id: string, number: number): number {
    const life = livesOf(id)[number] as Life
    const former = formerRank(channel, id, number)
    return takes(channel, life) ? Math.max(rankOf(life), former) : former
  }

  /** Starts of the alert with one more. One that ended without anything sent or left to send is not kept. */
  function nextStarts(id: string): number {
    const number = livesOf(id).length
    const isKept = channels.some(
      (channel) => channel.notified.some((entry) => entry.id === id) || formerRank(channel, id, number) >= 0,
    )
    return isKept ? (livesOf(id).at(-1)?.starts ?? 0) + 1 : 1
  }

  const startsOf = (id: string, number: number) => livesOf(id)[number]?.starts ?? 1
  const flaps = (id: string, number: number) => startsOf(id, number) > 3
  /** `before`: messages about the alert by then. */
  function flappingMs(channel: Channel, id: string, number: number, before?: number): number {
    const { plan } = channel
    if (!flaps(id, number) || plan.renews) return 0
    const sent = before ?? channel.notified.filter((entry) => entry.id === id).length
    const base = Math.max(plan.repeatMs === false ? 0 : plan.repeatMs, 300_000)
    const starts = Math.min(startsOf(id, number), 12)
    const longest = Math.max(base, plan.repeatMaxMs, 4 * 3_600_000)
    if (sent >= 12) return 2 * longest
    return sent >= 7 ? longest : Math.min(base * 2 ** (starts - 3), longest)
  }

  /** When the channel was last notified before this life. */
  function pastOf(channel: Channel, id: string, number: number): Last | undefined {
    if (number === 0) return undefined
    const last = lastIn(channel, id, number - 1)
    return last && (flaps(id, number) ? last : { ...last, worst: last.rank })
  }

  function lastIn(channel: Channel, id: string, number: number): Last | undefined {
    const past = pastOf(channel, id, number)
    const sent = firingSent(channel, id, number).at(-1)
    if (sent === undefined) return past
    return { at: sent.at, rank: sent.rank, worst: Math.max(sent.rank, past?.worst ?? -1) }
  }

  /** What an escalation must exceed in this life. */
  function worstIn(channel: Channel, id: string, number: number): number {
    const sent = firingSent(channel, id, number).at(-1)
    const past = flaps(id, number) ? pastOf(channel, id, number) : undefined
    return Math.max(sent?.rank ?? -1, past?.worst ?? -1)
  }

  /** The life that the provider was last notified of and not of its end. */
  function openLife(channel: Channel, id: string): number | undefined {
    let open: number | undefined
    for (const entry of channel.notified) {
      if (entry.id !== id) continue
      const closes = entry.isOver && channel.plan.sendResolved !== 'always'
      if (entry.reason === 'resolved' || closes) open = undefined
      else open = entry.isPresent ? entry.life : entry.life - 0.5
    }
    return open
  }

  /** Since when the channel could have been notified: an earlier life that is still unsent counts. */
  function since(channel: Channel, id: string, life: number): number {
    const waited =
      life > 0 && firingSent(channel, id, life - 1).length === 0 && formerRank(channel, id, life) >= 0
    return waited ? since(channel, id, life - 1) : (livesOf(id)[life]?.start ?? 0)
  }

  interface WhatIsDue {
    readonly reason: Reason
    readonly at: number
    readonly joinAt: number
    readonly urgency: 'end' | 'critical' | 'other'
  }

  const critical = severityRank('critical')
  const urgencyOf = (rank: number) => (rank >= critical ? 'critical' : 'other')

  function endDue(channel: Channel, id: string, number: number): WhatIsDue | undefined {
    const life = livesOf(id)[number] as Life
    const open = openLife(channel, id)
    if (open === undefined) return undefined
    if (life.end === undefined && (takes(channel, life) || open >= number)) return undefined
    const rank = (firingSent(channel, id, number).at(-1) ?? pastOf(channel, id, number))?.rank ?? 0
    const { sendResolved } = channel.plan
    if (sendResolved === 'never' || (sendResolved === 'critical' && rank < critical)) return undefined
    const at = (life.end ?? life.start) + flappingMs(channel, id, number)
    return { reason: 'resolved', at, joinAt: at, urgency: 'end' }
  }

  function whatIsDue(channel: Channel, id: string): WhatIsDue | undefined {
    const { plan } = channel
    const number = livesOf(id).length - 1
    const life = livesOf(id)[number]
    if (life === undefined) return undefined
    const sent = firingSent(channel, id, number)
    const last = sent.at(-1)
    const missing = unnotified(channel, id, number + 1)
    const past = pastOf(channel, id, number)
    const end = endDue(channel, id, number)

    if (last === undefined) {
      const rank = shownRank(channel, id, number)
      const isLeftOver = !takes(channel, life) && past !== undefined && rank <= past.rank
      if (end !== undefined && (missing === 0 || isLeftOver)) return end
      if (missing === 0) return undefined
      const isCalm = past === undefined || rank > past.worst
      const calmMs = Math.max(
        plan.repeatMs === false ? 300_000 : plan.repeatMs,
        flappingMs(channel, id, number),
      )
      const begin = since(channel, id, number)
      const joinAt = Math.max(begin + plan.afterMs, isCalm ? 0 : past.at + calmMs)
      const at = Math.max(joinAt, begin + (rank >= critical ? 0 : plan.waitMs))
      return { reason: past === undefined ? 'first' : 'regression', at, joinAt, urgency: urgencyOf(rank) }
    }

    const isTaken = takes(channel, life)
    const rank = rankOf(life)
    if (isTaken && missing > 0 && rank > worstIn(channel, id, number))
      return { reason: 'escalated', at: 0, joinAt: 0, urgency: urgencyOf(rank) }
    if (end !== undefined) return end
    const renews = plan.renews === true && life.end === undefined
    if (!isTaken || plan.repeatMs === false || (missing === 0 && !renews)) return undefined
    const { nextAt } = remindersOf(channel, id, plan.repeatMs)
    const at = missing === 0 ? Math.max(nextAt, last.at + 60_000) : nextAt
    const reason = openLife(channel, id) === undefined ? 'first' : 'repeat'
    return { reason, at, joinAt: at, urgency: urgencyOf(rank) }
  }

  /** The reminders of all lives: doubling, and back after calm. */
  function remindersOf(channel: Channel, id: string, repeatMs: number) {
    const { repeatMaxMs } = channel.plan
    const pauseOf = (n: number) => Math.max(repeatMs, Math.min(repeatMs * 2 ** n, repeatMaxMs))
    let repeats = 0
    let nextAt = Number.POSITIVE_INFINITY
    const all = channel.notified.filter((entry) => entry.id === id)
    for (const [index, { at, reason, life }] of all.entries()) {
      if (reason === 'resolved') continue
      if (reason === 'escalated') repeats = 0
      let calmMs = at - nextAt
      while (repeats > 0 && pauseOf(repeats - 1) > 0 && calmMs >= pauseOf(repeats - 1)) {
        calmMs -= pauseOf(repeats - 1)
        repeats--
      }
      nextAt = at + Math.max(pauseOf(repeats), flappingMs(channel, id, life, index + 1))
      repeats++
    }
    return { nextAt }
  }

  /** Until when the channel is slowed down because new kinds keep coming. */
  function slowedUntil({ plan, messages: sent }: Channel): number {
    const intervalOf = (inRow: number) =>
      Math.max(plan.intervalMs, Math.min(plan.intervalMs * 2 ** Math.max(0, inRow - 3), 600_000))
    let inRow = 0
    let at = Number.NEGATIVE_INFINITY
    for (const message of sent.filter(({ newKinds }) => newKinds > 0)) {
      inRow = message.at - at <= 2 * Math.max(intervalOf(inRow), 1) ? inRow + 1 : 1
      at = message.at
    }
    return at + intervalOf(inRow)
  }

  /** Until when the channel keeps to one message in half a minute, because so many were new to it. */
  function stormEndsAt({ messages: sent }: Channel): number {
    const news = sent.filter(({ newKinds }) => newKinds > 0)
    const lastAt = news.at(-1)?.at ?? Number.NEGATIVE_INFINITY
    const recent = news.filter(({ at }) => at > lastAt - 30_000)
    return sum(recent.map(({ newKinds }) => newKinds)) > 20 ? lastAt + 30_000 : Number.NEGATIVE_INFINITY
  }

  function isBusy(channel: Channel, urgency: WhatIsDue['urgency'], now: number): boolean {
    const { plan, messages: sent, pausedUntil } = channel
    if (now < pausedUntil) return true
    const last = sent.at(-1)
    if (last === undefined) return false
    if (now < last.at + plan.intervalMs) return true
    if (urgency !== 'critical' && now < Math.max(slowedUntil(channel), stormEndsAt(channel))) return true
    return urgency !== 'end' && !hasQuota(channel, urgency, now)
  }

  function hasQuota({ plan, messages: sent }: Channel, urgency: 'critical' | 'other', now: number): boolean {
    return plan.limits.every(({ count, perMs }) => {
      const most = urgency === 'critical' ? count : count - Math.floor(count / 4)
      return sent.filter(({ at, isCharged }) => isCharged && at > now - perMs).length < most
    })
  }

  function composeDue(channel: Channel, now: number): boolean {
    const due = [...lives.keys()].flatMap((id) => {
      const what = whatIsDue(channel, id)
      return what !== undefined && what.joinAt <= now ? [{ id, ...what }] : []
    })
    const triggers = due.filter(({ at, urgency }) => at <= now && !isBusy(channel, urgency, now))
    if (triggers.length === 0) return false
    const isCritical = triggers.some(({ urgency }) => urgency === 'critical')
    const joinsEnd = due.some(({ urgency }) => urgency !== 'end') && !isBusy(channel, 'other', now)
    const isOnlyEnds = triggers.every(({ urgency }) => urgency === 'end') && !joinsEnd && !isCritical
    const chosen = due.filter(({ urgency }) => !isOnlyEnds || urgency === 'end')
    const sent = chosen.map(({ id, reason }): Sent => {
      const number = livesOf(id).length - 1
      const life = livesOf(id)[number] as Life
      const isPresent = takes(channel, life)
      const isOver = life.end !== undefined || !isPresent
      const rank =
        reason === 'resolved'
          ? -1
          : firingSent(channel, id, number).length > 0
            ? rankOf(life)
            : shownRank(channel, id, number)
      const added = unnotified(channel, id, number + 1)
      return { at: now, id, life: number, isPresent, isOver, rank, reason, added, count: life.records.length }
    })
    channel.notified.push(...sent)
    const newKinds = chosen.filter(({ reason }) => reason === 'first' || reason === 'regression').length
    channel.messages.push({ at: now, newKinds, isCharged: !isOnlyEnds })
    const items = sent.map(({ id, reason, added }) => `${id} ${reason} +${added}`).sort()
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
      if (!tooSoon || count === 0 || firingSent(channel, id, number).length > 0) continue
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
      else lives.set(id, [...livesOf(id), { start: now, starts: nextStarts(id), records: [record] }])
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
