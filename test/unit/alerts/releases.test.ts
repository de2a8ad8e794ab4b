import { describe, expect, it } from 'vitest'
import { createReleases, mergeReleases, noteAdopted } from '#core/alerts/releases.ts'

describe('the memory of releases', () => {
  it('says nothing while only one release is known', () => {
    const releases = createReleases({}, 100)
    expect(releases.begin('a', '1.0.0', 0)).toBeUndefined()
    expect(releases.begin('a', '1.0.0', 1)).toBeUndefined()
  })

  it('calls an alert new that no release before had, and names that release', () => {
    const releases = createReleases({ releases: [{ name: '1.0.0', at: 0 }] }, 100)
    expect(releases.begin('a', '1.1.0', 1)).toEqual({ type: 'new', previous: '1.0.0' })
    expect(releases.begin('a', '1.1.0', 2)).toBeUndefined()
  })

  it('calls an alert back that was last seen in an earlier release, however many there were since', () => {
    const releases = createReleases({}, 100)
    releases.begin('a', '3.0.4', 0)
    releases.addRelease('3.1.0', 1)
    expect(releases.begin('a', '3.2.0', 2)).toEqual({ type: 'back', previous: '3.0.4' })
  })

  it('keeps when an alert was first seen, also what several processes know of it', () => {
    const releases = createReleases({}, 100)
    expect(releases.firstAt('a')).toBeUndefined()
    releases.begin('a', '1.0.0', 5)
    releases.begin('a', '1.1.0', 9)
    expect(releases.firstAt('a')).toBe(5)
    const other = createReleases({}, 100)
    other.begin('a', '1.1.0', 7)
    const merged = mergeReleases({ seen: releases.seen() }, { seen: other.seen() })
    expect(createReleases(merged, 100).firstAt('a')).toBe(5)
    const unknown = createReleases({ seen: [{ id: 'a', release: '1.0.0' }] }, 100)
    unknown.begin('a', '1.1.0', 9)
    expect(unknown.firstAt('a')).toBeUndefined()
  })

  it('says nothing of an alert that a rolled back release had already', () => {
    const releases = createReleases({}, 100)
    releases.begin('a', '1.0.0', 0)
    releases.addRelease('1.1.0', 1)
    expect(releases.begin('a', '1.0.0', 2)).toBeUndefined()
    expect(releases.begin('b', '1.0.0', 3)).toBeUndefined()
  })

  it('counts an alert that lasts over a deployment as seen in both releases', () => {
    const releases = createReleases({}, 100)
    releases.begin('a', '1.0.0', 0)
    releases.note('a', '1.1.0', 1)
    expect(releases.begin('a', '1.1.0', 2)).toBeUndefined()
  })

  it('forgets the alert that was not seen for the longest time, and reports that', () => {
    const releases = createReleases({}, 2)
    releases.takeChanged()
    for (const id of ['a', 'b', 'a', 'c']) releases.begin(id, '1.0.0', 0)
    expect(releases.seen().map(({ id }) => id)).toEqual(['a', 'c'])
    expect([...releases.takeChanged()]).toEqual([
      ['a', { id: 'a', release: '1.0.0', firstAt: 0 }],
      ['b', undefined],
      ['c', { id: 'c', release: '1.0.0', firstAt: 0 }],
    ])
    expect(releases.takeChanged().size).toBe(0)
  })

  it('keeps releases in the order of their first sight when two processes merge', () => {
    const merged = mergeReleases(
      { releases: [{ name: '1.1.0', at: 5 }], seen: [{ id: 'a', release: '1.1.0' }] },
      {
        releases: [
          { name: '1.0.0', at: 1 },
          { name: '1.1.0', at: 9 },
        ],
        seen: [{ id: 'a', release: '1.0.0' }],
      },
    )
    expect(merged).toEqual({
      releases: [
        { name: '1.0.0', at: 1 },
        { name: '1.1.0', at: 5 },
      ],
      seen: [{ id: 'a', release: '1.1.0' }],
    })
    expect(mergeReleases({}, {})).toEqual({})
  })

  it('notes what began before it was known what former processes remember', () => {
    const former = {
      releases: [{ name: '1.0.0', at: 0 }],
      seen: [{ id: 'old', release: '1.0.0' }],
      alerts: [{ id: 'lasting' }],
    }
    const own = { releases: [{ name: '1.1.0', at: 9 }] }
    const alerts = ['new', 'old', 'lasting'].map((id) => ({ id, release: '1.1.0' }))
    expect(noteAdopted(alerts, own, former)).toEqual([
      { id: 'new', release: '1.1.0', releaseNote: { type: 'new', previous: '1.0.0' } },
      { id: 'old', release: '1.1.0', releaseNote: { type: 'back', previous: '1.0.0' } },
      { id: 'lasting', release: '1.1.0' },
    ])
  })
})
