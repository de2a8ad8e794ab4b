import { expect, it } from 'vitest'
import { mergeSnapshots } from '#core/alerts/merge-snapshots.ts'
import type { ChannelPlan } from '#core/alerts/tracker.ts'
import { eager, hour, type Stage, second, setStage } from './stage.ts'

/** A successor that takes over what these processes kept. */
function successorOf(stages: readonly Stage[], plan: ChannelPlan, now: number): Stage {
  const next = setStage([plan])
  next.pass(now)
  next.note(next.tracker.restore(mergeSnapshots(stages.map(({ tracker }) => tracker.snapshot())), now))
  return next
}

it('counts a message once that two snapshots know: it makes no storm', () => {
  const plan = eager()
  const stage = setStage([plan])
  for (let n = 0; n < 13; n++) stage.fire(`kind ${n}`, n * second)
  const next = successorOf([stage, stage], plan, 14 * second)
  next.fire('one more', 15 * second)
  expect(next.lines().map(({ at }) => at)).toEqual([15 * second])
})

it('charges the quota once for a message that two snapshots know', () => {
  const plan = eager({ limits: [{ count: 3, perMs: hour }] })
  const stage = setStage([plan])
  stage.fire('first', 0)
  stage.fire('second', second)
  const next = successorOf([stage, stage], plan, 2 * second)
  next.fire('third', 3 * second)
  expect(next.lines().map(({ at }) => at)).toEqual([3 * second])
})

it('counts messages of different processes each, and two of one process at the same moment', () => {
  const plan = eager({ limits: [{ count: 5, perMs: hour }] })
  const [one, other] = [setStage([plan]), setStage([plan])]
  one.fire('a', 0)
  one.fire('b', 0)
  other.fire('c', second)
  const [channel] = mergeSnapshots([one.tracker.snapshot(), other.tracker.snapshot()]).channels
  expect(channel?.quota).toEqual([0, 0, second])
  expect(channel?.recent.map(({ at }) => at)).toEqual([0, 0, second])
})
