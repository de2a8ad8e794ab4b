import { describe, expect, it } from 'vitest'
import { addProcess, mergeProcesses, mostProcesses, sortedProcesses } from '#core/alerts/live-alert.ts'
import { eager, second, setStage } from './stage.ts'

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
})
