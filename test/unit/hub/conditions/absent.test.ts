import { describe, expect, it } from 'vitest'
import { hour, minute, openStory, prompt } from '../story.ts'

const rule = { name: 'no job.ok', match: { event: 'job.ok' }, when: { absent: '25h' as const } }
const options = { channels: { ops: prompt }, rules: [rule] }
const ok = { msg: 'done', event: 'job.ok' }

describe('nothing for so long', () => {
  it('is notified when nothing came since the start', async () => {
    const story = openStory(options)
    await story.until(25 * hour - 1)
    expect(story.lines()).toEqual([])
    await story.until(25 * hour)
    expect(story.lines()).toEqual(['25:00:00 ops first no job.ok +1'])
    expect(story.notified()[0]?.title).toContain('no record ')
  })

  it('is notified so long after the last record, and again after each such time, until one comes; then it resolves', async () => {
    const story = openStory(options)
    for (const at of [0, 24, 48]) await story.log(at * hour, ok)
    await story.until(72 * hour)
    expect(story.lines()).toEqual([])
    await story.until(99 * hour)
    await story.log(100 * hour, ok)
    await story.until(101 * hour)
    expect(story.lines()).toEqual([
      '73:00:00 ops first no job.ok +1',
      '98:00:00 ops repeat no job.ok +1',
      '100:00:00 ops resolved no job.ok +0',
    ])
  })

  it('watches each group from its first record on', async () => {
    const story = openStory({
      ...options,
      rules: [{ ...rule, groupBy: ['job'], when: { absent: '1h' }, summary: 'Job {job} is silent' }],
    })
    await story.until(5 * hour)
    await story.log(5 * hour, { ...ok, job: 'a' })
    await story.log(5.5 * hour, { ...ok, job: 'b' })
    await story.log(6.4 * hour, { ...ok, job: 'b' })
    await story.until(7 * hour)
    expect(story.notified().map(({ at, reason, key, title }) => [at / hour, reason, key, title])).toEqual([
      [6, 'first', 'job=a', expect.stringContaining('Job a is silent')],
      [7, 'repeat', 'job=a', expect.stringContaining('Job a is silent')],
    ])
  })

  it('resolves unsent if a record comes before a channel was notified', async () => {
    const story = openStory({ ...options, channels: { sms: { ...prompt, after: '30m' } } })
    await story.log(25.4 * hour, ok)
    await story.until(30 * hour)
    expect(story.lines()).toEqual([])
    expect(story.events).toContainEqual(
      expect.objectContaining({ type: 'suppressed', channel: 'sms', reason: 'ended', count: 1 }),
    )
  })

  it('says what was missed and that it ended if a record comes while the message waits', async () => {
    const story = openStory({ ...options, channels: { ops: { ...prompt, wait: '1m' } } })
    await story.log(25 * hour + 30_000, ok)
    await story.until(25.5 * hour)
    expect(story.messages.map(({ message }) => message)).toMatchObject([
      {
        subject: expect.stringMatching(/^\[ERROR\] .*no record /),
        cards: [{ reason: 'first', lead: expect.stringMatching(/^Fired and resolved before it could be/) }],
      },
    ])
  })

  it('counts a record that is logged in the very moment in which it is missed as too late', async () => {
    const story = openStory(options)
    await story.log(25 * hour, ok)
    await story.until(26 * hour)
    expect(story.notified().map(({ reason }) => reason)).toEqual(['first', 'resolved'])
  })

  it('keeps its time through a reload, and takes another length from the last record on', async () => {
    const story = openStory(options)
    await story.log(10 * hour, ok)
    await story.until(20 * hour)
    story.hub.reload(options)
    await story.until(34 * hour)
    story.hub.reload({ ...options, rules: [{ ...rule, when: { absent: '30h' } }] })
    await story.until(41 * hour)
    expect(story.lines()).toEqual(['40:00:00 ops first no job.ok +1'])
  })

  it('is no longer missed when its rule is gone, and that is its end', async () => {
    const story = openStory(options)
    await story.until(26 * hour)
    story.hub.reload({ channels: options.channels })
    await story.until(100 * hour)
    expect(story.notified().map(({ at, reason }) => [at / hour, reason])).toEqual([
      [25, 'first'],
      [26, 'resolved'],
    ])
  })

  it('does not miss the groups of a rule that groups otherwise now', async () => {
    const grouped = (...groupBy: string[]) => ({
      ...options,
      rules: [{ ...rule, groupBy, when: { absent: '1h' as const } }],
    })
    const story = openStory(grouped('job'))
    await story.log(0, { ...ok, job: 'a', queue: 'q' })
    story.hub.reload(grouped('job', 'queue'))
    await story.until(10 * hour)
    expect(story.lines()).toEqual([])
    await story.log(10 * hour, { ...ok, job: 'a', queue: 'q' })
    await story.until(11 * hour)
    expect(story.notified().map(({ key }) => key)).toEqual(['job=a queue=q'])
  })

  it('says what its rule says now, under its labels', async () => {
    const grouped = (more: object) => ({
      ...options,
      rules: [{ ...rule, groupBy: ['job'], when: { absent: '1h' as const }, ...more }],
    })
    const story = openStory(grouped({ summary: 'old', labels: { version: '1' } }))
    await story.log(0, { ...ok, job: 'a' })
    story.hub.reload(grouped({ summary: 'Job {job} is silent', labels: { version: '2' } }))
    await story.log(30 * minute, { ...ok, job: 'a' })
    await story.until(2 * hour)
    expect(story.notified().map(({ at, reason, title }) => [at / hour, reason, title])).toEqual([
      [1.5, 'first', expect.stringContaining('Job a is silent')],
    ])
  })

  it('watches values apart that differ late, and missing, null and empty ones, also after a reload', async () => {
    const grouped = (labels: Record<string, string>) => ({
      ...options,
      rules: [{ ...rule, groupBy: ['job', 'msg'], when: { absent: '1h' as const }, labels }],
    })
    const story = openStory(grouped({ version: '1' }))
    const jobs = [`${'x'.repeat(300)}1`, `${'x'.repeat(300)}2`, undefined, null, '', ['x'], '["x"]']
    for (const job of jobs) await story.log(0, { ...ok, job })
    story.hub.reload(grouped({ version: '2' }))
    await story.until(1.5 * hour)
    expect(new Set(story.notified().map(({ key }) => key)).size).toBe(jobs.length)
    await story.log(1.6 * hour, { ...ok, job: jobs[0] })
    await story.until(1.7 * hour)
    const ended = story.notified().filter(({ reason }) => reason === 'resolved')
    expect(ended.map(({ key }) => key)).toEqual([expect.stringContaining('x'.repeat(100))])
  })
})
