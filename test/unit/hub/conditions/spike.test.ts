import { describe, expect, it } from 'vitest'
import { hour, minute, openStory, prompt, type Story, second } from '../story.ts'

const rule = {
  name: 'errors',
  match: { event: 'failed' },
  groupBy: ['service'],
  when: { spike: 3, within: '5m' as const },
  resolveAfter: '10m' as const,
}
const options = { channels: { ops: prompt }, rules: [rule] }
const failed = (service = 'pay') => ({ level: 50, msg: 'failed', event: 'failed', service })

/** So many records, evenly spread over this time. */
async function log(story: Story, from: number, to: number, count: number, service?: string): Promise<void> {
  for (let n = 0; n < count; n++) await story.log(from + ((to - from) / count) * n, failed(service))
}

/** An hour with 20 records in five minutes each. */
async function usual(story: Story): Promise<void> {
  await log(story, 0, hour, 240)
}

describe('many more records than usual', () => {
  it('are an alert once they are so many times the median of the windows before', async () => {
    const story = openStory({ ...options, rules: [rule] })
    await usual(story)
    expect(story.lines()).toEqual([])
    await log(story, hour, hour + minute, 100)
    await story.until(hour + 2 * minute)
    const [first] = story.notified()
    // 16 of the last five minutes were usual ones.
    expect(first).toMatchObject({ reason: 'first', count: 60 })
    expect(story.messages[0]?.message.cards[0]?.lead).toBe(
      'Spike: 60 in 5 min, usually 20 (3 times as many).',
    )
    expect(story.messages[0]?.message.subject).toMatch(/ ×60 \(spike\)$/)
  })

  it('end when there were no more than usual for `resolveAfter`, though records still come', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, resolve: { event: 'never' } }] })
    await usual(story)
    await log(story, hour, hour + minute, 100)
    await log(story, hour + minute, hour + 40 * minute, 160)
    const answer = story.hub.explain(failed())
    expect(answer).toMatchObject({ state: 'gathering' })
    expect(answer.of).toBeLessThan(70)
    expect(answer.count).toBeLessThan(30)
  })

  it('last while they last, also when that is all that the windows before know', async () => {
    const story = openStory({ ...options, rules: [rule] })
    await usual(story)
    await log(story, hour, 2 * hour, 1_500)
    expect(story.hub.explain(failed())).toMatchObject({ state: 'firing' })
    expect(story.notified().every(({ reason }) => reason !== 'resolved')).toBe(true)
  })

  it('are at least ten, however rare they usually are', async () => {
    const story = openStory(options)
    await log(story, hour, hour + minute, 9)
    await story.until(hour + 2 * minute)
    expect(story.lines()).toEqual([])
    await story.log(hour + 2 * minute, failed())
    await story.until(hour + 2 * minute + second)
    expect(story.lines()).toEqual(['1:02:00 ops first errors +10'])
    expect(story.messages[0]?.message.cards[0]?.lead).toBe('Spike: 10 in 5 min, usually 0.')
  })

  it('are none before it is known what is usual: as much as usual from the start on', async () => {
    const story = openStory(options)
    await usual(story)
    expect(story.lines()).toEqual([])
  })

  it('are none while usual is less than `reference.atLeast`', async () => {
    const rules = [{ ...rule, when: { ...rule.when, reference: { atLeast: 1 } } }]
    const story = openStory({ ...options, rules })
    await log(story, hour, hour + minute, 500)
    await story.until(hour + 2 * minute)
    expect(story.lines()).toEqual([])
  })

  it('are counted for each group by itself', async () => {
    const story = openStory({ ...options, rules: [rule] })
    await usual(story)
    await log(story, hour, hour + minute, 9, 'mail')
    expect(story.lines()).toEqual([])
  })

  it('start from zero after a record that resolves them, and what is usual stays known', async () => {
    const rules = [{ ...rule, resolve: { event: 'ok' } }]
    const story = openStory({ ...options, rules })
    await usual(story)
    await log(story, hour, hour + minute, 100)
    await story.log(hour + minute, { level: 30, msg: 'fine', event: 'ok', service: 'pay' })
    const answer = story.hub.explain(failed())
    expect(answer).toMatchObject({ state: 'gathering', count: 1, of: 60 })
    await log(story, hour + minute, hour + minute + second, 59)
    expect(story.hub.explain(failed())).toMatchObject({ state: 'firing' })
  })

  it('have to last as long as `for` says', async () => {
    const story = openStory({ ...options, rules: [{ ...rule, for: '2m' as const }] })
    await usual(story)
    await log(story, hour, hour + minute, 100)
    expect(story.hub.explain(failed())).toMatchObject({ state: 'pending', of: 60 })
    expect(story.lines()).toEqual([])
    await story.until(hour + 4 * minute)
    expect(story.notified()[0]).toMatchObject({ reason: 'first' })
  })
})
