import { EventEmitter, once } from 'node:events'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createConsul } from '#cli/consul.ts'
import type { DocumentSource } from '#core/reload/source.ts'
import { createConsulSource, createFileSource, createUrlSource } from '#core/reload/source.ts'
import { watchDocument } from '#core/reload/watch.ts'
import { type Clock, systemClock } from '#core/time/clock.ts'

type Document = Readonly<Record<string, unknown>>

/** A watch whose documents and errors can be awaited. */
function startWatch(
  source: DocumentSource,
  judge: (document: Document) => string[] = () => [],
  clock: Clock = systemClock,
) {
  const heard = new EventEmitter()
  const documents: Document[] = []
  const errors: string[] = []
  const stop = watchDocument({
    source,
    clock,
    onDocument(document) {
      const problems = judge(document)
      if (problems.length === 0) documents.push(document)
      heard.emit('news')
      return problems
    },
    onError(message) {
      errors.push(message)
      heard.emit('news')
    },
  })
  // The watch's timers do not keep the process alive; this one does while the test waits.
  const alive = setInterval(() => {}, 1_000)
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(heard, 'news')
  }
  function end(): void {
    clearInterval(alive)
    stop()
  }
  return { documents, errors, until, stop: end }
}

let folder: string
let watch: ReturnType<typeof startWatch> | undefined
const everyMs = 10

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-reload-'))
})
afterEach(() => {
  watch?.stop()
  rmSync(folder, { recursive: true, force: true })
})

describe('a watched file', () => {
  it('is taken when it is written in place, and when another file is renamed over it', async () => {
    const file = join(folder, 'alerts.json')
    writeFileSync(file, '{"level":"error"}')
    watch = startWatch(createFileSource(file, everyMs))
    await watch.until(() => watch!.documents.length === 1)
    writeFileSync(file, 'level: warn # as YAML\n')
    await watch.until(() => watch!.documents.length === 2)
    writeFileSync(`${file}.new`, '{"level":"fatal"}')
    renameSync(`${file}.new`, file)
    await watch.until(() => watch!.documents.length === 3)
    expect(watch.documents.map(({ level }) => level)).toEqual(['error', 'warn', 'fatal'])
  })

  it('is taken when the folder behind its symbolic link is swapped, as Kubernetes does with a ConfigMap', async () => {
    for (const [name, level] of [
      ['one', 'error'],
      ['two', 'warn'],
    ] as const) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'alerts.json'), JSON.stringify({ level }))
    }
    symlinkSync('one', join(folder, '..data'))
    symlinkSync('..data/alerts.json', join(folder, 'alerts.json'))
    watch = startWatch(createFileSource(join(folder, 'alerts.json'), everyMs))
    await watch.until(() => watch!.documents.length === 1)
    symlinkSync('two', join(folder, '..data_tmp'))
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'))
    await watch.until(() => watch!.documents.length === 2)
    expect(watch.documents[1]).toEqual({ level: 'warn' })
  })

  it('that is broken, refused or missing changes nothing and is reported once', async () => {
    const file = join(folder, 'alerts.json')
    writeFileSync(file, '{"level":"error"}')
    watch = startWatch(createFileSource(file, everyMs), ({ level }) =>
      level === 'bad' ? ['level: is bad'] : [],
    )
    await watch.until(() => watch!.documents.length === 1)
    writeFileSync(file, '{"level": [')
    await watch.until(() => watch!.errors.length === 1)
    writeFileSync(file, '{"level":"bad"}')
    await watch.until(() => watch!.errors.length === 2)
    unlinkSync(file)
    await watch.until(() => watch!.errors.length === 3)
    writeFileSync(file, '{"level":"info"}')
    await watch.until(() => watch!.documents.length === 2)
    expect(watch.errors.map((text) => text.replace(file, 'FILE'))).toEqual([
      expect.stringMatching(/^FILE: refused.*neither JSON nor YAML: .*[^:]$/),
      'FILE: refused, the current options stay in force: level: is bad',
      expect.stringMatching(/^FILE: cannot be read: ENOENT/),
    ])
  })

  it('that is missing is polled at the usual pace, so that it is taken soon after it is back', async () => {
    const file = join(folder, 'alerts.json')
    const pauses: number[] = []
    const hurried: Clock = {
      ...systemClock,
      after(delayMs, run) {
        pauses.push(delayMs)
        if (pauses.length === 12) writeFileSync(file, '{"level":"warn"}')
        return systemClock.after(0, run)
      },
    }
    watch = startWatch(createFileSource(file, 2_000), undefined, hurried)
    await watch.until(() => watch!.documents.length === 1)
    expect(new Set(pauses)).toEqual(new Set([2_000]))
  })
})

describe('a watched address', () => {
  it('is requested with the ETag of the known document, and its path never shows', async () => {
    const asked: (string | undefined)[] = []
    const heard = new EventEmitter()
    let current = { etag: '"1"', body: '{"level":"error"}', status: 200 }
    const server = http.createServer((request, response) => {
      asked.push(request.headers['if-none-match'])
      const same = request.headers['if-none-match'] === current.etag
      response.writeHead(same ? 304 : current.status, { etag: current.etag }).end(same ? '' : current.body)
      heard.emit('asked')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hidden-path?token=hidden-token`
    watch = startWatch(createUrlSource(url, everyMs, fetch))
    await watch.until(() => watch!.documents.length === 1)
    while (asked.filter((tag) => tag === '"1"').length < 2) await once(heard, 'asked')
    current = { etag: '"2"', body: '{"level":"warn"}', status: 200 }
    await watch.until(() => watch!.documents.length === 2)
    current = { etag: '"3"', body: 'gone', status: 500 }
    await watch.until(() => watch!.errors.length === 1)
    watch.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(watch.errors[0]).toContain('answered 500')
    expect(watch.errors[0]).not.toContain('hidden')
  })
})

describe('a watched Consul key', () => {
  it('is requested by blocking queries with its index and the token, and from the start when the index goes back', async () => {
    const consul = await createConsul({ token: 'inbox-token' })
    try {
      consul.set('alerts/billing', '{"level":"error"}', 100)
      watch = startWatch(
        createConsulSource('alerts/billing', fetch, {
          CONSUL_HTTP_ADDR: consul.url,
          CONSUL_HTTP_TOKEN: 'inbox-token',
        }),
      )
      await watch.until(() => watch!.documents.length === 1)
      consul.set('alerts/billing', '{"level":"warn"}')
      await watch.until(() => watch!.documents.length === 2)
      consul.set('alerts/billing', '{"level":"info"}', 7)
      await watch.until(() => watch!.documents.length === 3)
      consul.set('alerts/billing', '{"level":"fatal"}')
      await watch.until(() => watch!.documents.length === 4)
      expect(watch.documents.map(({ level }) => level)).toEqual(['error', 'warn', 'info', 'fatal'])
      expect(consul.requests[0]).toEqual({ key: 'alerts/billing', index: 0, wait: null })
      expect(consul.requests.some(({ index, wait }) => index === 100 && wait === '55s')).toBe(true)
      expect(consul.requests.some(({ index }, at) => at > 0 && index === 0)).toBe(true)
    } finally {
      watch?.stop()
      await consul.close()
    }
  })

  it('without the token, or missing, is reported and leaves the options in force', async () => {
    const consul = await createConsul({ token: 'inbox-token' })
    try {
      watch = startWatch(createConsulSource('alerts/billing', fetch, { CONSUL_HTTP_ADDR: consul.url }))
      await watch.until(() => watch!.errors.length === 1)
      expect(watch.errors[0]).toContain('answered 403')
      watch.stop()
      watch = startWatch(
        createConsulSource(`${consul.url}/v1/kv/nothing`, fetch, { CONSUL_HTTP_TOKEN: 'inbox-token' }),
      )
      await watch.until(() => watch!.errors.length === 1)
      expect(watch.errors[0]).toContain('the key does not exist')
      expect(watch.documents).toEqual([])
    } finally {
      watch?.stop()
      await consul.close()
    }
  })
})

describe('a file on a drive that does not answer', () => {
  it('is reported, asked once at a time, and read when it answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alert-drive-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = join(folder, 'alerts.json')
    writeFileSync(file, '{"level":"warn"}')
    let asked = 0
    let answer = () => {}
    const back = new Promise<void>((resolve) => {
      answer = resolve
    })
    const gone = async (path: string) => {
      asked++
      await back
      return stat(path)
    }
    const source = createFileSource(file, 10, { answerMs: 20, stat: gone })
    const signal = new AbortController().signal
    expect(await source.poll(signal)).toEqual({ failed: expect.stringContaining('does not answer') })
    expect(await source.poll(signal)).toEqual({ failed: expect.stringContaining('does not answer') })
    expect(asked).toBe(1)
    answer()
    await expect.poll(async () => source.poll(signal), { timeout: 20_000 }).toEqual({ unchanged: true })
    expect(asked).toBeGreaterThan(1)
  })
})
