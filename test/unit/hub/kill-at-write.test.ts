// A kill between two writes of a journal: each record counts once, wherever it came from.
import { expect, it, vi } from 'vitest'
import type * as OwnFile from '#core/journal/own-file.ts'
import { createProcesses } from './processes-rig.ts'
import { aDirectory, hook, imageOf, ok, openHub, start, started } from './state-rig.ts'

const options = {
  service: 'orders',
  channels: { ops: { ...hook('ops'), wait: '1h', minSeverity: 'error' } },
} as const
const logged = [
  { level: 60, msg: 'the disk is full' },
  { level: 50, msg: 'no answer' },
  { level: 50, msg: 'no answer' },
  { level: 60, msg: 'the queue is gone' },
  { level: 50, msg: 'wrong total' },
] as const
const headlines = ['the disk is full', 'no answer', 'the queue is gone', 'wrong total']
const counts = [1, 2, 1, 1]

/** Called before and after each write of a journal. */
const written = vi.hoisted(() => ({ note: () => {} }))

vi.mock('#core/journal/own-file.ts', async (original) => {
  const { openOwnFile } = await original<typeof OwnFile>()
  const noting = <Args extends unknown[], Result>(write: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      written.note()
      const result = write(...args)
      written.note()
      return result
    }
  }
  return {
    openOwnFile: noting((...args: Parameters<typeof openOwnFile>) => {
      const file = openOwnFile(...args)
      return { ...file, append: noting(file.append) }
    }),
  }
})

/** What a kill before or after each write would leave behind. */
async function imagesDuring(directory: string, work: () => Promise<unknown>): Promise<readonly string[]> {
  const images: string[] = []
  written.note = () => images.push(imageOf(directory))
  await work()
  written.note = () => {}
  return images
}

const open = (dir: string) => openHub({ ...options, state: { dir, fleet: false } }, { at: start + 1_000 })

/** How often each was logged, as the next process knows it. */
async function countsIn(image: string): Promise<readonly number[]> {
  const next = open(image)
  await started(next)
  const { alerts } = next.hub.status()
  return headlines.map((known) => alerts.find(({ headline }) => headline === known)?.count ?? 0)
}

/** While a process that has logged before it takes part submits that to the one that notifies. */
async function imagesOfJoining(): Promise<readonly string[]> {
  const directory = aDirectory()
  const fleet = createProcesses({ startMs: start, directory, options, ports: { fetch: async () => ok() } })
  await fleet.start()
  return imagesDuring(directory, async () => {
    await fleet.start({}, (hub) => {
      for (const fields of logged) fleet.log(hub, fields)
    })
    await fleet.passTo(start + 3_000)
  })
}

it('loses nothing that was saved of what a process submits that joins others', async () => {
  const images = await imagesOfJoining()
  const found: (readonly number[])[] = []
  for (const image of images) found.push(await countsIn(image))
  expect(found.at(-1)).toEqual(counts)
  const before = found.slice(0, -1)
  expect(before.map((one, n) => one.map((count, of) => count - found[n + 1]![of]!)).filter(isLoss)).toEqual(
    [],
  )
})

it('counts each record once that it adopts', async () => {
  const left = (await imagesOfJoining()).slice(-12)
  for (const directory of left) {
    const known = await countsIn(imageOf(directory))
    const images = await imagesDuring(directory, () => started(open(directory)))
    for (const image of images) expect(await countsIn(image)).toEqual(known)
  }
})

const isLoss = (differences: readonly number[]) => differences.some((difference) => difference > 0)
