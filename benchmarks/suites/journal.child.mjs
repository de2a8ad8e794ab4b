// One process. `decide <dir|-> <severity> <alerts>`: prints how many alerts a second are decided, stored,
// rendered and delivered. `adopt <dir>`: prints how long a start needs to adopt the directory, and how much
// the resident set grows. `read <dir>`: prints how long the least of that takes: read the file, cut it into
// lines, parse the latest of each key, and write these to a new file.
import { closeSync, fsyncSync, openSync, readdirSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createHub } from 'alert-core'

const [task, dir, severity, count] = process.argv.slice(2)
const options = {
  dryRun: true,
  limits: { alerts: 5000 },
  channels: { console: { wait: 0, interval: 0, sendResolved: false } },
  ...(dir === '-' ? {} : { state: { dir } }),
}
const line = (key, level) =>
  JSON.stringify({
    level,
    time: Date.now(),
    msg: 'payment failed',
    requestId: `req-${key}`,
    err: { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:5432', stack: new Error('at').stack },
    alert: { key: `key ${key}` },
  })

async function decide() {
  const level = severity === 'critical' ? 60 : 50
  const hub = createHub(options)
  while (hub.stats().state?.ready === false) await new Promise(setImmediate)
  const decideOne = async (key) => {
    hub.write(line(key, level))
    await hub.flush()
  }
  for (let n = 0; n < 100; n++) await decideOne(`warm ${n}`)
  const started = performance.now()
  for (let n = 0; n < Number(count); n++) await decideOne(n)
  const ms = performance.now() - started
  await hub.close()
  return { perSecond: (Number(count) * 1000) / ms }
}

async function adopt() {
  globalThis.gc?.()
  const before = process.memoryUsage.rss()
  let most = before
  const started = performance.now()
  const hub = createHub(options)
  while (!hub.stats().state.ready) {
    most = Math.max(most, process.memoryUsage.rss())
    await new Promise(setImmediate)
  }
  const ms = performance.now() - started
  most = Math.max(most, process.memoryUsage.rss())
  const { bytes } = hub.stats().state
  await hub.close()
  return { ms, grownMiB: (most - before) / 1024 / 1024, bytes }
}

function read() {
  const started = performance.now()
  const journal = readdirSync(dir).find((name) => name.endsWith('.journal'))
  const file = openSync(join(dir, journal), 'r')
  const text = Buffer.alloc(512 * 1024)
  const latest = new Map()
  let at = 0
  let filled = 0
  for (;;) {
    const bytes = readSync(file, text, filled, text.length - filled, null)
    if (bytes === 0) break
    filled += bytes
    let start = 0
    for (let end = text.indexOf(10); end !== -1 && end < filled; end = text.indexOf(10, start)) {
      // As '[["alert/…",' begins.
      const key = text.latin1Slice(start + 3, text.indexOf(34, start + 3))
      latest.set(key, { at: at + start, length: end - start })
      start = end + 1
    }
    text.copyWithin(0, start, filled)
    filled -= start
    at += start
  }
  const written = openSync(join(dir, 'written'), 'w')
  for (const { at, length } of latest.values()) {
    readSync(file, text, 0, length, at)
    writeSync(written, `${JSON.stringify(JSON.parse(text.toString('utf8', 0, length)))}\n`)
  }
  fsyncSync(written)
  for (const each of [file, written]) closeSync(each)
  return { ms: performance.now() - started }
}

const tasks = { decide, adopt, read }
console.log(JSON.stringify(await tasks[task]()))
process.exit(0)
