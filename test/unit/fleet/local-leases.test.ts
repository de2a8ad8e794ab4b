import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Link, Message } from '#core/fleet/lease-types.ts'
import { createLocalLeases } from '#core/fleet/local-leases.ts'

function aDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'alert-leases-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const leasesIn = (directory: string, identity = ['orders']) => createLocalLeases({ directory, identity })

function claim(leases: ReturnType<typeof leasesIn>, term: number, id: string, accept = (_: Link) => {}) {
  const lease = leases.claim({ term, id }, accept)
  if (lease !== undefined) onTestFinished(() => lease.release(false))
  return lease
}

describe('the lease of a directory', () => {
  it('is taken by one process only, and of its own fleet', () => {
    const directory = aDirectory()
    expect(leasesIn(directory).current()).toBeUndefined()
    expect(claim(leasesIn(directory), 1, 'a')?.isOwned()).toBe(true)
    expect(claim(leasesIn(directory), 1, 'b')).toBeUndefined()
    expect(leasesIn(directory).current()).toEqual({ term: 1, id: 'a' })
    expect(claim(leasesIn(directory, ['billing']), 1, 'b')?.isOwned()).toBe(true)
  })

  it('is reached though this process did nothing for longer than it waits for an answer', async () => {
    const leases = leasesIn(aDirectory())
    claim(leases, 1, 'a')
    const connected = leases.connect({ term: 1, id: 'a' })
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500)
    const link = await connected
    expect(link).toBeDefined()
    link?.close()
  })

  it('is there only once its holder listens, and no other file is left', () => {
    const directory = aDirectory()
    const leases = leasesIn(directory)
    const timeOf = (name: string) => statSync(join(directory, name), { bigint: true }).mtimeNs
    for (let term = 1; term <= 200; term++) {
      const lease = leases.claim({ term, id: `a${term}` }, () => {})
      const [socket, file, ...more] = readdirSync(directory).sort((a) => (a.endsWith('.lock') ? -1 : 1))
      expect([socket, file, more]).toEqual([
        expect.stringMatching(/lock$/),
        expect.stringMatching(/lease$/),
        [],
      ])
      expect(timeOf(socket!)).toBeLessThanOrEqual(timeOf(file!))
      lease?.release(false)
    }
  })

  it('is lost to a higher term, and to no lower one', () => {
    const leases = leasesIn(aDirectory())
    const first = claim(leases, 1, 'a')
    const second = claim(leases, 2, 'b')
    expect([first?.isOwned(), second?.isOwned()]).toEqual([false, true])
    expect(claim(leases, 1, 'c')).toBeUndefined()
    const third = claim(leases, 3, 'c')
    expect([first?.isOwned(), second?.isOwned(), third?.isOwned()]).toEqual([false, false, true])
  })

  it('stays where it is if somebody removes the directory', async () => {
    const directory = aDirectory()
    const lease = claim(leasesIn(directory), 1, 'a')
    rmSync(directory, { recursive: true })
    expect(lease?.isOwned()).toBe(true)
    mkdirSync(directory)
    expect(lease?.isOwned()).toBe(true)
    expect(leasesIn(directory).current()).toEqual({ term: 1, id: 'a' })
    const link = await leasesIn(directory).connect({ term: 1, id: 'a' })
    expect(link).toBeDefined()
    link?.close()
  })

  it('leaves no file once the last process has released it', () => {
    const directory = aDirectory()
    claim(leasesIn(directory), 1, 'a')?.release(true)
    expect(readdirSync(directory)).toEqual([])
  })

  it('says what is wrong where it cannot be taken', () => {
    const directory = join(aDirectory(), 'file')
    writeFileSync(directory, '')
    expect(() => claim(leasesIn(directory), 1, 'a')).toThrow()
  })
})

describe('a link', () => {
  it.each([
    ['', 'in the directory'],
    ['long-'.repeat(30), 'in the temporary folder if its path is too long'],
  ])('passes messages in order, and its end (%s)', async (deeper) => {
    const directory = join(aDirectory(), deeper)
    mkdirSync(directory, { recursive: true })
    const heard: Message[] = []
    const closed = new Promise<void>((resolve) => {
      claim(leasesIn(directory), 1, 'a', (link) =>
        link.receive({ message: (message) => heard.push(message), unreadable() {}, closed: resolve }),
      )
    })
    const link = await leasesIn(directory).connect({ term: 1, id: 'a' })
    link?.receive({ message() {}, unreadable() {}, closed() {} })
    for (let number = 1; number <= 100; number++) link?.send({ delta: { number, items: [] } })
    link?.close()
    await closed
    expect(heard.map((message) => ('delta' in message ? message.delta.number : 0))).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
  })

  it('reports what cannot be read, leaves it out, and closes if that is the whole message', async () => {
    const directory = aDirectory()
    const heard: unknown[] = []
    const closed = new Promise<void>((resolve) => {
      claim(leasesIn(directory), 1, 'a', (link) =>
        link.receive({
          message: (message) => heard.push(message),
          unreadable: () => heard.push('unreadable'),
          closed: resolve,
        }),
      )
    })
    const link = await leasesIn(directory).connect({ term: 1, id: 'a' })
    link?.receive({ message() {}, unreadable() {}, closed() {} })
    link?.send({ delta: { number: 1, items: [{ names: 'all' }, { silence: 's' }] } } as never)
    link?.send({ wave: true } as never)
    link?.send({ hello: 'a' } as never)
    link?.send({ beat: true })
    await closed
    const left = { delta: { number: 1, items: [{ silence: 's' }] } }
    expect(heard).toEqual(['unreadable', left, 'unreadable'])
  })

  it('is not made where no process answers', async () => {
    expect(await leasesIn(aDirectory()).connect({ term: 1, id: 'gone' })).toBeUndefined()
  })
})
