/**
 * New channels over living alerts: who stays knows what it knew, who goes is forgotten, and who comes is told of what
 * nobody was told of yet; the rest is old news until it occurs again.
 */
import type { ChannelPlan } from './channel.ts'
import { endedTooSoon } from './due.ts'
import { type Effect, notTold } from './effect.ts'
import { copyAlert, type LiveAlert } from './live.ts'
import { forgo, joinView, openView, untold, type View } from './view.ts'

/** Brings the alert's views in line with these channels; what is given up is returned with its reason. */
export function reviseViews(alert: LiveAlert, plans: readonly ChannelPlan[]): Effect[] {
  const effects: Effect[] = []
  const isNews = [...alert.views.values()].every((view) => view.told === undefined)
  const copy = copyAlert(alert)

  const giveUp = (channel: string, view: View, reason: 'closed' | 'filtered' | 'ended') => {
    const count = untold(alert, view)
    if (count > 0) effects.push(notTold(alert, channel, reason, count))
    forgo(alert, view)
    view.admitted = false
  }

  const names = new Set(plans.map((plan) => plan.name))
  for (const [name, view] of alert.views) {
    if (names.has(name)) continue
    giveUp(name, view, 'closed')
    alert.views.delete(name)
  }

  for (const plan of plans) {
    const admits = plan.admits(copy)
    const view = alert.views.get(plan.name)
    if (view === undefined) {
      const fresh = isNews ? openView(alert.startedAt) : joinView(alert)
      fresh.admitted = admits
      alert.views.set(plan.name, fresh)
      if (endedTooSoon(alert, fresh, plan)) giveUp(plan.name, fresh, 'ended')
    } else if (view.admitted && !admits) {
      giveUp(plan.name, view, 'filtered')
    } else if (!view.admitted && admits && alert.endedAt === undefined) {
      view.admitted = true
      if (!isNews) listenFromNow(alert, view)
    }
  }
  return effects
}

function listenFromNow(alert: LiveAlert, view: View): void {
  view.toldCount = alert.count
  if (view.told === undefined && view.carried === 0) delete view.since
}
