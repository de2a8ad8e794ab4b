import { describe, expect, it } from 'vitest'
import { createShelf, type Received } from '#cli/inbox/received.ts'

const entry = (id: number, more: Partial<Received> = {}, text = 'x'): Received => ({
  id,
  at: 0,
  provider: 'slack',
  ok: true,
  answer: { status: 200, body: 'ok' },
  request: { method: 'POST', path: '/', headers: {}, body: '', secure: false },
  view: { text, mentions: [], bytes: 0, size: 0, unit: 'bytes', notes: [] },
  ...more,
})

describe('the shelf', () => {
  it('keeps the last thousand', () => {
    const shelf = createShelf()
    for (let id = 1; id <= 1_500; id += 1) shelf.add(entry(id))
    expect(shelf.list()).toHaveLength(1_000)
    expect(shelf.list()[0]?.id).toBe(501)
  })

  it('keeps at most 32 MB, and always the latest', () => {
    const shelf = createShelf()
    for (let id = 1; id <= 50; id += 1) shelf.add(entry(id, {}, 'x'.repeat(1024 * 1024)))
    expect(shelf.list().length).toBeLessThanOrEqual(32)
    expect(shelf.list().length).toBeGreaterThan(25)
    expect(shelf.list().at(-1)?.id).toBe(50)
  })

  it('filters by provider, by outcome, by id, or by any function', () => {
    const shelf = createShelf()
    shelf.add(entry(1))
    shelf.add(entry(2, { provider: 'wecom' }))
    shelf.add(entry(3, { ok: false }))
    const ids = (filter?: Parameters<typeof shelf.list>[0]) => shelf.list(filter).map(({ id }) => id)
    expect(ids()).toEqual([1, 2, 3])
    expect(ids({ provider: 'slack' })).toEqual([1, 3])
    expect(ids({ provider: 'slack', ok: true })).toEqual([1])
    expect(ids({ since: 2 })).toEqual([3])
    expect(ids(({ id }) => id % 2 === 0)).toEqual([2])
  })

  it('returns each once, in order, to callers before and after it', async () => {
    const shelf = createShelf()
    shelf.add(entry(1))
    const first = shelf.next()
    const [second, third] = [shelf.next(), shelf.next()]
    shelf.add(entry(2))
    shelf.add(entry(3))
    expect((await Promise.all([first, second, third])).map(({ id }) => id)).toEqual([1, 2, 3])
  })

  it('leaves what a waiter does not admit to the next one', async () => {
    const shelf = createShelf()
    const wecom = shelf.next({ provider: 'wecom' })
    shelf.add(entry(1))
    shelf.add(entry(2, { provider: 'wecom' }))
    expect((await wecom).id).toBe(2)
    expect((await shelf.next()).id).toBe(1)
  })

  it('says to a waiter that waited in vain what arrived instead', async () => {
    const shelf = createShelf()
    shelf.add(entry(1, { ok: false, answer: { status: 429, body: '' } }))
    await expect(shelf.next({ ok: true }, 1)).rejects.toThrow('in 1 ms; last: #1 slack refused 429')
  })

  it('rejects waiters when it is closed', async () => {
    const shelf = createShelf()
    const waiting = shelf.next()
    shelf.close()
    await expect(waiting).rejects.toThrow('the inbox was closed')
  })

  it('calls back until it is stopped, and when it is cleared', () => {
    const shelf = createShelf()
    const seen: (number | undefined)[] = []
    const stop = shelf.subscribe((received) => seen.push(received?.id))
    shelf.add(entry(1))
    shelf.clear()
    stop()
    shelf.add(entry(2))
    expect(seen).toEqual([1, undefined])
    expect(shelf.list()).toHaveLength(1)
  })
})
