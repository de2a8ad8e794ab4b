/**
 * In which release each alert was last seen, and the releases in the order of their first sight: so that an
 * alert is known to be new in a release, or to be back in it. Bounded; what was not seen for the longest time
 * is forgotten first.
 */
import type { ReleaseNote } from '../model.ts'

/** A release, and when it was first seen, epoch ms. */
export interface KnownRelease {
  readonly name: string
  readonly at: number
}

/** The release in which an alert was last seen, and when it was first seen in any, epoch ms. */
export interface SeenAlert {
  readonly id: string
  readonly release: string
  readonly firstAt?: number
}

/** What is remembered, as plain JSON. */
export interface SavedReleases {
  readonly releases?: readonly KnownRelease[]
  readonly seen?: readonly SeenAlert[]
}

/** Which releases have run, and in which of them alerts were seen. */
export interface Releases {
  /** When an alert was first seen, epoch ms; undefined if it never was, or that is not known. */
  firstAt(id: string): number | undefined
  /** An alert begins: what is to be said of it. */
  begin(id: string, release: string, now: number): ReleaseNote | undefined
  /** An alert that lasts was seen in this release. */
  note(id: string, release: string, now: number): void
  /** A release runs. */
  addRelease(name: string, at: number): void
  /** Those of which something changed since the last call, at first all; undefined: it was forgotten. */
  takeChanged(): ReadonlyMap<string, SeenAlert | undefined>
  releases(): readonly KnownRelease[]
  seen(): readonly SeenAlert[]
}

const mostReleases = 50

/** Starts with what was saved; remembers at most so many alerts. */
export function createReleases({ releases = [], seen = [] }: SavedReleases, mostSeen: number): Releases {
  let known: readonly KnownRelease[] = []
  const lastSeen = new Map<string, SeenAlert>()
  /** Missing until somebody asks for it. */
  let changed: Set<string> | undefined

  for (const { name, at } of releases) addRelease(name, at)
  for (const one of seen) remember(one)

  function addRelease(name: string, at: number): void {
    const former = known.find((release) => release.name === name)
    if (former !== undefined && former.at <= at) return
    const others = known.filter((release) => release !== former)
    known = [...others, { name, at }].sort((a, b) => a.at - b.at).slice(-mostReleases)
  }

  function remember(one: SeenAlert): void {
    const { id, release } = one
    if (lastSeen.get(id)?.release !== release) changed?.add(id)
    lastSeen.delete(id)
    lastSeen.set(id, one)
    if (lastSeen.size <= mostSeen) return
    const [oldest] = lastSeen.keys()
    lastSeen.delete(oldest!)
    changed?.add(oldest!)
  }

  function note(id: string, release: string, now: number): void {
    addRelease(release, now)
    const known = lastSeen.get(id)
    remember({ ...(known ?? { firstAt: now }), id, release })
  }

  return {
    addRelease,
    firstAt: (id) => lastSeen.get(id)?.firstAt,
    note,
    begin(id, release, now) {
      const last = lastSeen.get(id)?.release
      note(id, release, now)
      return noteOf(known, last, release)
    },
    takeChanged() {
      const ids = changed ?? lastSeen.keys()
      changed = new Set()
      return new Map([...ids].map((id) => [id, lastSeen.get(id)]))
    },
    releases: () => known,
    seen: () => [...lastSeen.values()],
  }
}

/** What is to be said of an alert that begins in this release, and was last seen in `last`. */
function noteOf(
  known: readonly KnownRelease[],
  last: string | undefined,
  release: string,
): ReleaseNote | undefined {
  const index = known.findIndex(({ name }) => name === release)
  const before = known[index - 1]
  if (last === undefined) return before && { type: 'new', previous: before.name }
  const isEarlier = known.findIndex(({ name }) => name === last) < index
  return last !== release && isEarlier ? { type: 'back', previous: last } : undefined
}

/** The part of an alert that this is about. */
interface Released {
  readonly id: string
  readonly release?: string
  readonly releaseNote?: ReleaseNote
  readonly firstEverAt?: number
}

/** Alerts that began before it was known what former processes remember, with what is to be said of them. */
export function noteAdopted<One extends Released>(
  alerts: readonly One[],
  own: SavedReleases,
  former: SavedReleases & {
    readonly alerts: readonly { readonly id: string; readonly endedAt?: number | undefined }[]
  },
): readonly One[] {
  const { releases = [] } = mergeReleases(former, own)
  const lastSeen = new Map(former.seen?.map((one) => [one.id, one]))
  const firing = new Set(former.alerts.filter(({ endedAt }) => endedAt === undefined).map(({ id }) => id))
  return alerts.map((alert) => {
    const { id, release, releaseNote: known } = alert
    if (release === undefined || known !== undefined || firing.has(id)) return alert
    const last = lastSeen.get(id)
    const releaseNote = noteOf(releases, last?.release, release)
    return {
      ...alert,
      ...(releaseNote === undefined ? {} : { releaseNote }),
      ...(last?.firstAt === undefined ? {} : { firstEverAt: last.firstAt }),
    }
  })
}

/** What several processes remember, the last one the youngest. */
export function mergeReleases(older: SavedReleases, newer: SavedReleases): SavedReleases {
  const releases = createReleases(
    { releases: [...(older.releases ?? []), ...(newer.releases ?? [])] },
    0,
  ).releases()
  const seen = new Map<string, SeenAlert>()
  for (const one of [...(older.seen ?? []), ...(newer.seen ?? [])]) {
    const known = seen.get(one.id)
    const isLater = known === undefined || indexOf(one) >= indexOf(known)
    seen.delete(one.id)
    seen.set(one.id, { ...(isLater ? one : known), ...earliest(one, known) })
  }
  return {
    ...(releases.length === 0 ? {} : { releases }),
    ...(seen.size === 0 ? {} : { seen: [...seen.values()] }),
  }

  function indexOf({ release }: SeenAlert): number {
    return releases.findIndex(({ name }) => name === release)
  }
}

function earliest(...all: readonly (SeenAlert | undefined)[]): { readonly firstAt?: number } {
  const moments = all.flatMap((one) => one?.firstAt ?? [])
  return moments.length === 0 ? {} : { firstAt: Math.min(...moments) }
}
