import { describe, expect, it } from 'vitest'
import type { AlertOptions } from '#core/options.ts'
import { minute, openStory, prompt } from './story.ts'

const channels = { ops: prompt, oncall: { ...prompt, minSeverity: 'critical' } } as const

/** With the warnings of the process. */
function openWarned(options: AlertOptions) {
  const warned: string[] = []
  const story = openStory(
    { channels, ...options },
    { warn: (message, code) => warned.push(`${code}: ${message}`) },
  )
  return { ...story, warned }
}

const fatal = (more: object = {}) => ({ level: 60, msg: 'the disk is gone', ...more })

describe('a record that names channels itself', () => {
  it('is sent to all that take it if the name is misspelt, and that is reported once', async () => {
    const story = openWarned({})
    await story.log(0, fatal({ alert: { channels: ['opz'] } }))
    await story.log(1, fatal({ msg: 'the other disk is gone', alert: { channels: ['opz'] } }))
    await story.until(minute)
    expect(new Set(story.notified().map(({ channel }) => channel))).toEqual(new Set(['ops', 'oncall']))
    expect(story.warned).toEqual([
      expect.stringMatching(/^ALERT_NO_CHANNEL: .*'opz'.*Did you mean 'ops'\? .*every channel/),
    ])
  })

  it('is sent to all that take it if the channel that it names does not, and that is reported once', async () => {
    const story = openWarned({})
    for (const at of [0, 1]) await story.log(at, { level: 50, msg: 'slow', alert: { channels: ['oncall'] } })
    await story.until(minute)
    expect(story.lines()).toEqual(['0:00 ops first alert +1'])
    expect(story.warned).toEqual([
      expect.stringMatching(/names the channels oncall .* severity error: .*oncall takes critical/),
    ])
  })

  it('is sent only there if one of them takes it; a misspelt one beside it is reported', async () => {
    const story = openWarned({})
    await story.log(0, fatal({ alert: { channels: ['ops', 'oncal'] } }))
    await story.until(minute)
    expect(story.notified().map(({ channel }) => channel)).toEqual(['ops'])
    expect(story.warned).toEqual([expect.stringMatching(/'oncal'.*Did you mean 'oncall'\?$/)])
  })

  it('is explained as it is sent, and explaining reports nothing', () => {
    const story = openWarned({})
    const { channels: previews = [] } = story.hub.explain(fatal({ alert: { channels: ['opz'] } }))
    expect(previews.map(({ channel, takes }) => [channel, takes])).toEqual([
      ['ops', true],
      ['oncall', true],
    ])
    expect(story.warned).toEqual([])
  })

  it('cannot fill memory or the log with names', async () => {
    const story = openWarned({})
    for (let n = 0; n < 300; n++)
      await story.log(n, fatal({ alert: { channels: [`x${n}`, 'y\n'.repeat(500)] } }))
    await story.until(minute)
    expect(story.warned.length).toBeLessThanOrEqual(100)
    expect(Math.max(...story.warned.map(({ length }) => length))).toBeLessThan(400)
  })
})

describe('a record whose alert field cannot be used whole', () => {
  it.each([
    [{ severty: 'critical' }, /'severty'.*not a key of this field\. Did you mean 'severity'\?/],
    [
      { severity: 'urgent' },
      /'severity'.*cannot have: 'urgent'\. It is one of info, warning, error, critical\./,
    ],
    [{ severity: 'critcal' }, /'severity'.*: 'critcal'\. Did you mean 'critical'\? It is one of/],
    [{ severity: 'token=\n'.repeat(9) }, /'severity'.*cannot have\. It is one of/],
    [{ resolve: 'yes' }, /'resolve'.*It is true\./],
    [{ labels: 'team=a' }, /'labels'.*It is an object of texts\./],
    [{ code: { a: 1 } }, /'code'.*It is a text\./],
  ])('%j is sent, and what is ignored is reported once', async (alert, warning) => {
    const story = openWarned({})
    for (const at of [0, 1]) await story.log(at, fatal({ alert }))
    await story.until(minute)
    expect(story.notified()).toHaveLength(2)
    expect(story.warned).toEqual([expect.stringMatching(warning)])
    expect(story.warned[0]).toMatch(/^ALERT_FIELD_IGNORED: /)
  })

  it('is reported for a record that only resolves', async () => {
    const story = openWarned({})
    await story.log(0, { level: 30, msg: 'up again', alert: { resolve: true, kye: 'db' } })
    expect(story.warned).toEqual([expect.stringMatching(/'kye'.*Did you mean 'key'\?/)])
  })

  it('may have keys without a value', async () => {
    const story = openWarned({})
    const alert = { code: undefined, key: null, resolve: false, channels: [], runbook: '' }
    await story.log(0, fatal({ alert }))
    await story.until(minute)
    expect(story.warned).toEqual([])
  })

  it('cannot fill memory or the log with keys', async () => {
    const story = openWarned({})
    for (let n = 0; n < 300; n++)
      await story.log(n, fatal({ alert: { [`x${n}`]: 1, ['y\n'.repeat(500)]: 1 } }))
    await story.until(minute)
    expect(story.warned.length).toBeLessThanOrEqual(100)
    expect(Math.max(...story.warned.map(({ length }) => length))).toBeLessThan(400)
  })
})

describe('a rule that reaches no channel or has no effect', () => {
  const rule = { name: 'db', match: { ev: 'down' }, severity: 'error' as const, channels: ['oncall'] }

  it('is named at the start, and once when its alert fires', async () => {
    const story = openWarned({ rules: [rule] })
    expect(story.warned).toEqual([
      expect.stringMatching(/^ALERT_NO_CHANNEL: Rule 'db': .*oncall takes critical only/),
    ])
    for (const host of ['a', 'b']) await story.log(minute, { ev: 'down', msg: `${host} is down` })
    await story.until(2 * minute)
    expect(story.notified()).toEqual([])
    expect(story.warned.slice(1)).toEqual([
      expect.stringMatching(/^ALERT_NO_CHANNEL: An alert fired\. Rule 'db'/),
    ])
  })

  it('is named when it happens if only the record decides', async () => {
    const story = openWarned({
      channels: { oncall: channels.oncall },
      rules: [{ name: 'db', match: { ev: 'down' } }],
    })
    expect(story.warned).toEqual([])
    for (const at of [0, 1]) await story.log(at, { level: 50, ev: 'down', msg: `host ${at} is down` })
    await story.log(2, { level: 60, ev: 'down', msg: 'all are down' })
    await story.until(minute)
    expect(story.warned).toEqual([
      expect.stringMatching(/No channel takes an alert of rule 'db', with severity error/),
    ])
    expect(story.lines()).toHaveLength(1)
  })

  it('is named after a reload, and not again after the next', () => {
    const story = openWarned({})
    for (let n = 0; n < 2; n++) expect(story.hub.reload({ channels, rules: [rule] })).toEqual([])
    expect(story.warned).toHaveLength(1)
  })

  it('is named at the start and when it fires if its alerts cannot end', async () => {
    const endless = { name: 'db', match: { ev: 'down' }, resolve: { ev: 'up' }, groupBy: ['ev'] }
    const story = openWarned({ rules: [endless] })
    for (const at of [0, 1]) await story.log(at, { ev: 'down' })
    await story.until(minute)
    expect(story.warned).toEqual([
      expect.stringMatching(/^ALERT_RULE_INEFFECTIVE: Rule 'db'/),
      expect.stringMatching(/^ALERT_RULE_INEFFECTIVE: An alert fired\. Rule 'db'/),
    ])
  })

  it('is not what an error without a rule is, whose severity no channel wants', async () => {
    const story = openWarned({ channels: { oncall: channels.oncall } })
    await story.log(0, { level: 50, msg: 'slow' })
    await story.until(minute)
    expect(story.warned).toEqual([])
  })
})
