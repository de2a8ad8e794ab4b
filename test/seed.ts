/**
 * Property tests try other cases in each run, and print the seed of one that fails. Only the gate tries the
 * same ones every time, so that what it says of a change is about that change. ALERT_SEED sets the seed.
 */
import fc from 'fast-check'

const isLong = process.env['ALERT_FUZZ_MS'] !== undefined
const seed =
  process.env['ALERT_SEED'] ?? (isLong ? String(Date.now() % 2 ** 31) : process.env['CI'] ? '1' : undefined)
if (isLong) console.info(`ALERT_SEED=${seed}`)
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
