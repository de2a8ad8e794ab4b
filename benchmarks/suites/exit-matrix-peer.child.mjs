// One process with a peer's transport that logs its last words and exits: when it is up, or 'cold' at once.
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { contestants } from '../contestants/index.mjs'

const [name, url, end] = process.argv.slice(2)
const logger = await contestants[name]({ url })
if (end !== 'cold') await sleep(1_000)
if (typeof logger.fatal === 'function') logger.fatal('last words')
else logger.error('last words')
writeSync(1, `{"endsAt":${Date.now()}}\n`)
process.exit(0)
