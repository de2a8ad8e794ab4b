import { describe, expect, test } from 'vitest'
import { createRenderer } from '#core/render/render.ts'
import { applyCut, cutsOf } from '#core/render/shorten.ts'
import { aNotification, anItem, kinds, noon, plainChannel } from './support.ts'

const render = createRenderer(plainChannel)

describe('a storm that shares its message with ends and reminders', () => {
  const over = (id: string) =>
    anItem({ id, state: 'resolved', summary: `ended ${id}` }, { reason: 'resolved', notifiedAt: noon })

  test.each([
    [1, 'en', '1 other alert, then the 10 most frequent:'],
    [2, 'en', '2 other alerts, then the 10 most frequent:'],
    [2, 'zh-CN', '其他告警 2 个，其后为次数最多的 10 个：'],
  ] as const)('says how many of its alerts are none of the most frequent: %i %s', (ends, locale, said) => {
    const items = [...kinds(30), ...['a', 'b'].slice(0, ends).map(over)]
    const message = createRenderer({ ...plainChannel, locale })(aNotification(items, { reason: 'storm' }))
    expect(message.lead.endsWith(said), message.lead).toBe(true)
    expect(message.brief).toHaveLength(10)
    expect(message.brief.every((line) => line.includes('problem of kind'))).toBe(true)
  })

  test('calls nothing an error kind that is none', () => {
    const items = [...kinds(30), over('a'), over('b'), over('c'), over('d'), over('e')]
    const message = render(aNotification(items, { reason: 'storm' }))
    const unlisted = 35 - message.cards.length - message.brief.length
    expect(message.closing[0]).toBe(`and ${unlisted} more`)
  })

  test('stays true about its lines however short it is', () => {
    const message = render(aNotification([...kinds(30), over('a'), over('b')], { reason: 'storm' }))
    for (const cut of cutsOf(message)) {
      const { brief, lead, cards, more, closing } = applyCut(message, cut)
      const ends = brief.filter((line) => line.includes('ended ')).length
      const others = Number(/(\d+) other alert/.exec(lead)?.[1] ?? 0)
      const frequent = Number(/the (\d+) most frequent/.exec(lead)?.[1] ?? 0)
      expect([others, frequent], lead).toEqual([cards.length + ends, brief.length - ends])
      expect(cards.length + brief.length + more).toBe(32)
      expect(closing[0]).toBe(`and ${more} more`)
    }
  })

  test('has the time, links and own subject of the storm, not of an alert that is over', () => {
    const channel = { ...plainChannel, format: { subject: '{summary}{msg} {state}' } }
    const ended = over('a')
    const message = createRenderer(channel)(aNotification([...kinds(30), ended], { reason: 'storm' }))
    expect(message.subject).toContain('problem of kind 0')
    expect(message.subject).toContain('firing')
  })

  test('lists the alerts as any other message does if they all came back', () => {
    const items = kinds(25).map((item) => ({ ...item, reason: 'regression' as const }))
    const message = render(aNotification(items, { reason: 'storm' }))
    expect(message.storm).toBeUndefined()
    expect(message.cards.length).toBeGreaterThan(0)
    expect(message.brief).toHaveLength(25 - message.cards.length)
  })
})
