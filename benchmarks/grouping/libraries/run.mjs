/**
 * Runs npm's most used libraries against refused ports, bad queries, timeouts and bad input, each problem
 * twice with other values, and writes what they say to ../library-runs.jsonl, one problem a line.
 *
 *   npm install --ignore-scripts && node run.mjs
 */
import { randomUUID } from 'node:crypto'
import { realpathSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { databases } from './databases.mjs'
import { network } from './network.mjs'
import { startPostgres, startRedis, stopAll } from './servers.mjs'
import { values } from './values.mjs'

const longestRunMs = 6_000
const output = new URL('../library-runs.jsonl', import.meta.url)

// What a library throws after its promise was resolved must not end the run.
process.on('uncaughtException', () => {})
process.on('unhandledRejection', () => {})

const hex = () => randomUUID().replaceAll('-', '')

/** Different in every part, and read like what users and services have. */
const variants = [
  {
    index: 0,
    number: 4711,
    word: 'not-a-uuid',
    user: 'alice',
    email: 'ann.lee@example.org',
    hex8: 'a3f09c12',
    hex40: `${hex()}9e107d9d`,
  },
  {
    index: 1,
    number: 98,
    word: 'N/A',
    user: 'svc-billing',
    email: 'x.y@example.com',
    hex8: '7be2d410',
    hex40: `${hex()}d41d8cd9`,
  },
].map((value) => ({ ...value, uuid: randomUUID(), otherUuid: randomUUID(), missingUuid: randomUUID() }))

/** Where this machine keeps things says nothing of the libraries. */
const here = dirname(fileURLToPath(import.meta.url))
const withoutPlaces = (text) =>
  text
    .replaceAll(realpathSync('node_modules'), '/srv/app/node_modules')
    .replaceAll(here, '/srv/app')
    .replaceAll(process.execPath, '/usr/bin/node')

function messageOf(error) {
  if (error?.message === 'skip') return undefined
  if (Array.isArray(error)) return messageOf(error[0])
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0])
  return error instanceof Error || typeof error?.message === 'string' ? error.message : String(error)
}

/** Says why a fetch failed as an alert does: the message and the cause's. */
const withCause = (error) => {
  const text = messageOf(error)
  const cause = error?.cause instanceof Error ? messageOf(error.cause) : undefined
  return cause && text && !text.includes(cause) ? `${text}: ${cause}` : text
}

async function said(run, value) {
  const late = delay(longestRunMs, undefined, { ref: false }).then(() => undefined)
  const failure = (async () => run(value))().then(
    () => undefined,
    (error) => withoutPlaces(withCause(error) ?? '') || undefined,
  )
  return await Promise.race([failure, late])
}

const context = { postgresPort: await startPostgres(), redisPort: await startRedis() }
const cases = [...(await databases(context)), ...(await network()), ...(await values())]
const runs = []
for (const [library, problem, run] of cases) {
  const messages = []
  for (const value of variants) messages.push(await said(run, value))
  if (messages.every((message) => message !== undefined)) runs.push({ library, problem, messages })
  else console.error(`nothing said: ${problem}`)
}
await stopAll()
writeFileSync(output, runs.map((run) => `${JSON.stringify(run)}\n`).join(''))
console.log(`${runs.length} problems of ${new Set(runs.map(({ library }) => library)).size} libraries`)
process.exit(0)
