import { describe, expect, it } from 'vitest'
import { addProcess, mergeProcesses, mostProcesses, sortedProcesses } from '#core/alerts/live-alert.ts'
import type { When } from '#core/model.ts'
import { eager, minute, second, setStage } from './stage.ts'

describe('the processes of an alert', () => {
  it('are counted by name, the most frequent first', () => {
    const processes = mergeProcesses()
    addProcess(processes, 'web-1', 2)
    addProcess(processes, 'web-2', 5)
    addProcess(processes, 'web-1', 1)
    expect(sortedProcesses(processes)).toEqual([
      { name: 'web-2', count: 5 },
      { name: 'web-1', count: 3 },
    ])
    expect(mergeProcesses(processes, [{ name: 'web-1', count: 4 }])).toContainEqual({
      name: 'web-1',
      count: 7,
    })
  })

  it('are no more than 64', () => {
    const processes = mergeProcesses()
    for (let n = 0; n < 100; n++) addProcess(processes, `web-${n}`, 1)
    expect(processes).toHaveLength(mostProcesses)
  })

  it('are this one, unless the record was met by another', () => {
    const stage = setStage([eager()], { process: 'web-1', processesTotal: () => 10 })
    stage.fire('a', 0)
    stage.fire('a', second, { process: 'web-2' })
    stage.fire('a', 2 * second, { process: 'web-2' })
    expect(stage.tracker.live()[0]).toMatchObject({
      processesTotal: 10,
      processes: [
        { name: 'web-2', count: 2 },
        { name: 'web-1', count: 1 },
      ],
    })
  })

  it('do not belong to what makes two records the same alert, and add up over a restart', () => {
    const first = setStage([eager()], { process: 'web-1' })
    first.fire('a', 0)
    const next = setStage([eager()], { process: 'web-2' })
    next.tracker.restore(JSON.parse(JSON.stringify(first.tracker.snapshot())), second)
    next.fire('a', 2 * second)
    expect(next.tracker.live()).toHaveLength(1)
    expect(next.tracker.live()[0]).toMatchObject({
      count: 2,
      processes: [
        { name: 'web-1', count: 1 },
        { name: 'web-2', count: 1 },
      ],
    })
  })

  const conditions: readonly (readonly [string, When, number])[] = [
    ['a window', { kind: 'window', count: 5, withinMs: minute }, 0],
    ['different values', { kind: 'distinct', count: 5, withinMs: minute }, 0],
    ['a row', { kind: 'streak', count: 5 }, 0],
    ['a state that lasts', { kind: 'window', count: 2, withinMs: minute }, 3 * second],
  ]

  it.each(conditions)('each have their own part of %s', (_name, when, forMs) => {
    const stage = setStage([eager()], { process: 'web-1', processesTotal: () => 3 })
    const met = ['web-2', undefined, 'web-2', 'web-3', undefined]
    for (const [index, process] of met.entries())
      stage.fire('a', index * second, {
        condition: { when, forMs, value: `v${index}` },
        ...(process === undefined ? {} : { process }),
      })
    stage.pass(10 * second)
    expect(stage.tracker.live()[0]).toMatchObject({
      count: 5,
      processes: [
        { name: 'web-1', count: 2 },
        { name: 'web-2', count: 2 },
        { name: 'web-3', count: 1 },
      ],
    })
  })

  it.each(conditions)('each keep their part of %s if another one continues it', (_name, when, forMs) => {
    const stages = ['web-1', 'web-2'].map((process) =>
      setStage([eager()], { process, processesTotal: () => 3 }),
    )
    const [first, next] = stages as [(typeof stages)[0], (typeof stages)[0]]
    const fire = (stage: typeof first, index: number, process = {}) =>
      stage.fire('a', index * second, { condition: { when, forMs, value: `v${index}` }, ...process })
    fire(first, 0)
    fire(first, 1)
    fire(first, 2, { process: 'web-3' })
    next.tracker.restore(JSON.parse(JSON.stringify(first.tracker.snapshot())), 2 * second)
    fire(next, 3)
    fire(next, 4, { process: 'web-1' })
    next.pass(10 * second)
    expect(next.tracker.live()[0]).toMatchObject({
      count: 5,
      processes: [
        { name: 'web-1', count: 3 },
        { name: 'web-2', count: 1 },
        { name: 'web-3', count: 1 },
      ],
    })
  })

  it('are not saved for each record by a process that is alone', () => {
    const condition = { when: { kind: 'window', count: 3, withinMs: minute }, forMs: 0 } as const
    let total: number | undefined
    const stage = setStage([eager()], { process: 'web-1', processesTotal: () => total })
    const saved = () => stage.tracker.snapshot().conditions?.keys[0]?.processes
    stage.fire('a', 0, { condition })
    expect(saved()).toBeUndefined()
    total = 2
    stage.fire('a', second, { condition })
    expect(saved()).toEqual([['web-1', [second]]])
    stage.fire('a', 2 * second, { condition, process: 'web-2' })
    expect(stage.tracker.live()[0]?.processes).toEqual([
      { name: 'web-1', count: 2 },
      { name: 'web-2', count: 1 },
    ])
  })

  it('that met records before a condition are remembered over a restart, outside its window forgotten', () => {
    const condition = { when: { kind: 'window', count: 3, withinMs: minute }, forMs: 0 } as const
    const first = setStage([eager()], { process: 'web-1' })
    first.fire('a', 0, { process: 'web-9', condition })
    first.fire('a', minute, { process: 'web-2', condition })
    const next = setStage([eager()], { process: 'web-1' })
    next.tracker.restore(JSON.parse(JSON.stringify(first.tracker.snapshot())), minute)
    next.fire('a', minute + second, { process: 'web-3', condition })
    next.fire('a', minute + 2 * second, { process: 'web-2', condition })
    expect(next.tracker.live()[0]).toMatchObject({
      count: 3,
      processes: [
        { name: 'web-2', count: 2 },
        { name: 'web-3', count: 1 },
      ],
    })
  })
})
