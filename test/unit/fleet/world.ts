// A host with processes, leases, journals and links, under one virtual clock: processes are stopped,
// continued and killed, and links break, at any moment.
import type { FleetHost, Item } from '#core/fleet/fleet-types.ts'
import type { Lease, Leases, Link, LinkListener, Message } from '#core/fleet/lease-types.ts'
import { createPeer } from '#core/fleet/peer.ts'
import type { Occurrence } from '#core/model.ts'
import type { Clock } from '#core/time/clock.ts'
import { createVirtualClock } from '#core/time/virtual-clock.ts'

/** What breaks the promises: a speaker that counts each delta, and one that is never replaced. */
export type Mutant = 'counts again' | 'keeps the lease'

interface Memory {
  /** By kind: records that are counted, and records that people were notified of. */
  readonly counted: Map<string, number>
  readonly notified: Map<string, number>
  readonly seen: Map<string, number>
}

interface Journal extends Memory {
  /** Whose lock it is; absent once that was released. */
  owner: string | undefined
  /** In whose name it is written. */
  writer: string
  deltas: { readonly member: string; readonly number: number; readonly items: readonly Item[] }[]
}

/** The kind of which no record may be lost, also by a kill. */
export const critical = 'kind 2'
const latencyMs = 1
const saveEveryMs = 1_000

export type World = ReturnType<typeof createWorld>
export type Process = ReturnType<World['start']>

export function createWorld(mutant?: Mutant) {
  const clock = createVirtualClock(0)
  const holderOf = new Map<number, string>()
  const listening = new Map<string, (link: Link) => void>()
  const processes = new Map<string, Process>()
  const holders = new Map<string, Process>()
  const journals = new Set<Journal>()
  const logged = new Map<string, number>()
  const delivered = new Map<string, number>()
  const links = new Set<{ readonly ends: readonly string[]; break(): void }>()
  const violations: string[] = []
  /** What processes said of taking part, in order. */
  const said: string[] = []
  let started = 0
  let refusesLeases = false

  const top = () => Math.max(0, ...holderOf.keys())

  function start() {
    const id = `p${++started}`
    let state: 'running' | 'stopped' | 'dead' = 'running'
    let waiting: (() => void)[] = []
    let memory = emptyMemory()
    let journal = openJournal(id, `${id}.0`)
    let isSaveDue = false
    /** While several things are saved as one: whether one of them asked for it. */
    let laterSave: boolean | undefined

    function run(work: () => void): void {
      if (state === 'running') work()
      else if (state === 'stopped') waiting.push(work)
    }

    const own: Clock = {
      now: clock.now,
      after(ms, fn) {
        let isCancelled = false
        const timer = clock.after(ms, () => run(() => !isCancelled && fn()))
        return {
          cancel() {
            isCancelled = true
            timer.cancel()
          },
        }
      },
    }

    const leases: Leases = {
      current: () => (top() === 0 ? undefined : { term: top(), id: holderOf.get(top())! }),
      claim({ term, id: holder }: Lease, accept) {
        if (refusesLeases) throw new Error('no socket can be opened')
        if (top() >= term) return undefined
        holderOf.set(term, holder)
        for (const former of holderOf.keys()) if (former < term) holderOf.delete(former)
        listening.set(holder, accept)
        holders.set(holder, self)
        return {
          isOwned() {
            // As if somebody had removed the directory: it is used again.
            if (top() === 0) holderOf.set(term, holder)
            return mutant === 'keeps the lease' || (holderOf.get(term) === holder && top() === term)
          },
          release(isLast) {
            listening.delete(holder)
            if (isLast && holderOf.get(term) === holder) holderOf.delete(term)
          },
        }
      },
      connect: ({ id: holder }) =>
        new Promise((resolve) => {
          const to = holders.get(holder)
          const accept = listening.get(holder)
          clock.after(latencyMs, () => {
            if (to === undefined || accept === undefined || to.state() === 'dead')
              run(() => resolve(undefined))
            else {
              const [mine, theirs] = connect(self, to)
              to.run(() => accept(theirs))
              run(() => resolve(mine))
            }
          })
        }),
    }

    const host: FleetHost = {
      canNotify: () => true,
      countItems(items) {
        for (const item of items) {
          if (!('occurrence' in item)) continue
          add(memory.counted, item.occurrence.id, item.count)
          if (item.occurrence.severity === 'critical') save()
        }
        saveSoon()
      },
      lead() {},
      async adopt(deposed) {
        await new Promise<void>((resolve) => own.after(5, resolve))
        if (peer.mayAct?.() === false) return
        const found = [...journals].filter(
          (one) =>
            one !== journal && (one.owner === undefined || one.writer === deposed || isDead(one.owner)),
        )
        for (const one of journals) for (const [member, number] of one.seen) noteSeen(member, number)
        for (const one of found) {
          journals.delete(one)
          for (const [kind, count] of one.counted) add(memory.counted, kind, count)
          for (const [kind, count] of one.notified) add(memory.notified, kind, count)
        }
        // What one of them submitted may be counted in another one.
        for (const { member, number, items } of found.flatMap(({ deltas }) => deltas).sort(byNumber)) {
          if (number <= (memory.seen.get(member) ?? 0)) continue
          host.saveAsOne(() => {
            noteSeen(member, number)
            host.countItems(items, '')
          })
        }
        // Its whole map is written before what it adopted is removed.
        save()
      },
      stepDown(submitted) {
        memory = emptyMemory()
        if (submitted === undefined) journal.owner = undefined
        else journals.delete(journal)
        journal = openJournal(id, peer.writer?.())
        if (submitted !== undefined) host.keep(submitted)
      },
      keep({ member, deltas }) {
        journal.deltas.push(...deltas.map((delta) => ({ member, ...delta })))
      },
      release,
      seen: {
        of: (member) => (mutant === 'counts again' ? 0 : (memory.seen.get(member) ?? 0)),
        saved: (member) => journal.seen.get(member) ?? 0,
        note: noteSeen,
      },
      saveAsOne(work) {
        laterSave = false
        work()
        const isAskedFor = laterSave
        laterSave = undefined
        if (isAskedFor) save()
      },
      save,
      isKept: () => true,
      flush: async () => ({ delivered: true, pending: 0 }),
      redactItem: (item) => item,
      silences: () => [],
      useSilences() {},
      reportAlone: () => void said.push(`${id} alone`),
      reportTogether: () => void said.push(`${id} together`),
      reportSplit() {},
      reportUnlike() {},
      answer: async () => ({}),
      countLost() {
        violations.push('records were lost without a kill')
      },
    }

    function release(number: number): void {
      journal.deltas = journal.deltas.filter((delta) => delta.number > number)
    }

    function noteSeen(member: string, number: number): void {
      memory.seen.set(member, Math.max(number, memory.seen.get(member) ?? 0))
      saveSoon()
    }

    function write(): void {
      Object.assign(journal, copyOf(memory))
    }

    function save(): void {
      if (laterSave !== undefined) laterSave = true
      else if (peer.mayAct?.() !== false) {
        write()
        peer.noteSaved()
      }
    }

    function saveSoon(): void {
      if (isSaveDue) return
      isSaveDue = true
      own.after(saveEveryMs, () => {
        isSaveDue = false
        save()
      })
    }

    /** People are notified of what is counted, after it was written that they are. */
    function notify(): void {
      const role = peer.stats()?.role
      const isReady = role === 'speaker' || role === 'alone'
      if (state !== 'running' || !peer.decides || !isReady || peer.mayAct?.() === false) return
      const news = [...memory.counted].map(
        ([kind, count]) => [kind, count - (memory.notified.get(kind) ?? 0)] as const,
      )
      for (const [kind, count] of memory.counted) memory.notified.set(kind, count)
      save()
      if (role === 'speaker' && holderOf.get(top()) !== peer.writer?.())
        violations.push(`${id} notifies after it was replaced`)
      for (const [kind, count] of news) if (count > 0) add(delivered, kind, count)
    }

    function log(kind: string): void {
      if (state !== 'running') return
      add(logged, kind, 1)
      const occurrence = occurrenceOf(kind)
      if (peer.submit?.(occurrence, clock.now(), noOrigin)) return
      add(memory.counted, kind, 1)
      if (occurrence.severity === 'critical') save()
      else saveSoon()
    }

    const peer = createPeer({ id, process: id, leases, clock: own })
    const self = {
      id,
      peer,
      run,
      state: () => state,
      log,
      notify,
      stop() {
        if (state === 'running') state = 'stopped'
      },
      cont() {
        if (state !== 'stopped') return
        state = 'running'
        const works = waiting
        waiting = []
        for (const work of works) work()
      },
      kill() {
        state = 'dead'
        waiting = []
        for (const holder of holderOf.values()) if (holders.get(holder) === self) listening.delete(holder)
        for (const link of links) if (link.ends.includes(id)) link.break()
      },
      /** A clean end. */
      async close(sendingMs = 0) {
        if (state !== 'running') return
        if ((await peer.leave(3_000)) === 'here') {
          notify()
          await new Promise<void>((resolve) => own.after(sendingMs, resolve))
        } else peer.keepRest()
        save()
        journal.owner = undefined
        void peer.close()
        state = 'dead'
      },
    }
    processes.set(id, self)
    void peer.join(host)
    return self
  }

  function openJournal(owner: string, writer = owner): Journal {
    const journal = { ...emptyMemory(), owner, writer, deltas: [] }
    journals.add(journal)
    return journal
  }

  function isDead(id: string): boolean {
    return processes.get(id)?.state() === 'dead'
  }

  function connect(from: Process, to: Process): [Link, Link] {
    const listeners: (LinkListener | undefined)[] = [undefined, undefined]
    let isOpen = true
    const ends = [from, to]
    function end(side: 0 | 1): Link {
      const other = side === 0 ? 1 : 0
      return {
        send(message: Message) {
          if (!isOpen) return
          const copy = JSON.parse(JSON.stringify(message)) as Message
          clock.after(latencyMs, () => ends[other]!.run(() => listeners[other]?.message(copy)))
        },
        receive(listener) {
          listeners[side] = listener
        },
        close,
      }
    }
    function close(): void {
      if (!isOpen) return
      isOpen = false
      links.delete(link)
      for (const side of [0, 1])
        clock.after(latencyMs, () => ends[side]!.run(() => listeners[side]?.closed()))
    }
    const link = { ends: [from.id, to.id], break: close }
    links.add(link)
    return [end(0), end(1)]
  }

  return {
    clock,
    start,
    processes: () => [...processes.values()],
    alive: () => [...processes.values()].filter((one) => one.state() !== 'dead'),
    /** A link breaks, as if one of the two had closed it. */
    breakLink(index: number) {
      ;[...links][index % Math.max(1, links.size)]?.break()
    },
    logged,
    notified: delivered,
    violations,
    said,
    /** Whether no process can take the lease. */
    refuseLeases(refuses: boolean) {
      refusesLeases = refuses
    },
    /** Records that are on disk and of which people were not notified. */
    left: () =>
      [...journals].reduce((sum, { counted, notified }) => sum + total(counted) - total(notified), 0),
  }
}

const byNumber = (a: { readonly number: number }, b: { readonly number: number }) => a.number - b.number

const noOrigin = { context: () => [], names: () => [] }

export function occurrenceOf(kind: string): Occurrence {
  const record = { time: 0, level: 50, levelLabel: 'error', msg: kind, fields: {} }
  return {
    id: kind,
    rule: 'error',
    key: kind,
    severity: kind === critical ? 'critical' : 'error',
    action: 'fire',
    record,
    labels: {},
    resolveAfterMs: 900_000,
  }
}

function emptyMemory(): Memory {
  return { counted: new Map(), notified: new Map(), seen: new Map() }
}

function copyOf({ counted, notified, seen }: Memory): Memory {
  return { counted: new Map(counted), notified: new Map(notified), seen: new Map(seen) }
}

function add(counts: Map<string, number>, kind: string, count: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + count)
}

export function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
