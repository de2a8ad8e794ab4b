import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { inSoak } from '../../soak.ts'
import { aDirectory, hook, imageOf, line, minute, ok, openHub, second, start, started } from './state-rig.ts'

// One service under the virtual clock: logs, is killed and started again, while its providers come and go.

type Mood = 'ok' | 'down' | 'busy' | 'deaf'
type Step =
  | { readonly log: number; readonly fatal: boolean }
  | { readonly mood: Mood; readonly channel: string }
  | { readonly passMs: number }
  | { readonly downMs: number }

const names = ['a', 'b', 'c']
const oneStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ log: fc.nat(9), fatal: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      mood: fc.constantFrom<Mood>('ok', 'down', 'busy', 'deaf'),
      channel: fc.constantFrom(...names),
    }),
  },
  { weight: 4, arbitrary: fc.record({ passMs: fc.nat(40 * second) }) },
  { weight: 2, arbitrary: fc.record({ downMs: fc.nat(5 * minute) }) },
)

const options: AlertOptions = {
  channels: Object.fromEntries(
    names.map((name) => [name, { ...hook(name), wait: 0, interval: 0, retryFor: '1d', sendResolved: false }]),
  ),
}

const answers: Record<Mood, () => Response | Promise<Response>> = {
  ok,
  down: () => new Response('down', { status: 503 }),
  busy: () => new Response('busy', { status: 429 }),
  deaf: () => new Promise<Response>(() => {}),
}

async function live(steps: readonly Step[]) {
  const moods = new Map<string, Mood>()
  const moodOf = (url: string) => moods.get(url.at(-1)!) ?? 'ok'
  const logged = new Set<string>()
  const notified = new Set<string>()
  const firsts = new Map<string, number>()
  const contents = new Map<string, string>()
  const twoContents: string[] = []
  let dir = aDirectory()
  let at = start
  let rig = await open()

  async function open() {
    const opened = openHub({ ...options, state: { dir } }, { at, answer: (url) => answers[moodOf(url)]() })
    await started(opened)
    return opened
  }

  function look(): void {
    for (const { url, headers, body } of rig.posts.splice(0)) {
      const key = headers.get('idempotency-key')!
      const alerts = body.alerts.map(({ latestMessage }) => latestMessage).sort()
      if ((contents.get(key) ?? alerts.join()) !== alerts.join()) twoContents.push(key)
      contents.set(key, alerts.join())
      if (moodOf(url) !== 'ok') continue
      for (const { latestMessage, reason } of body.alerts) {
        const what = `${url} ${latestMessage}`
        notified.add(what)
        if (reason === 'first') firsts.set(what, (firsts.get(what) ?? 0) + 1)
      }
    }
  }

  for (const step of steps) {
    if ('log' in step) {
      const msg = `problem ${'abcdefghij'[step.log]}`
      logged.add(msg)
      rig.hub.write(line({ level: step.fatal ? 60 : 50, time: rig.clock.now(), msg, alert: { key: msg } }))
      // A tick, as between any two turns of a program: what is not critical is promised only a second later.
      await rig.clock.advance(step.fatal ? 0 : second)
    } else if ('passMs' in step) {
      await rig.clock.advance(step.passMs)
    } else if ('mood' in step) {
      moods.set(step.channel, step.mood)
    } else {
      look()
      dir = imageOf(dir)
      at = rig.clock.now() + step.downMs
      rig = await open()
    }
    look()
  }
  moods.clear()
  await rig.clock.advance(20 * minute)
  look()
  return { logged, notified, firsts, twoContents }
}

it('whenever it is killed, each channel is notified of each problem, and at most once as new', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(oneStep, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { logged, notified, firsts, twoContents } = await live(steps)
      const owed = names.flatMap((name) => [...logged].map((msg) => `https://im.example.com/${name} ${msg}`))
      expect([...notified].sort()).toEqual(owed.sort())
      expect([...firsts].filter(([, times]) => times > 1)).toEqual([])
      expect(twoContents).toEqual([])
    }),
    { numRuns: inSoak(100, 8) },
  )
})
