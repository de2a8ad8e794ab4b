/**
 * Property tests try other cases in each run, and print the seed of one that fails. Only the gate tries the
 * same ones every time, so that what it says of a change is about that change. ALERT_SEED sets the seed.
 */
import fc from 'fast-check'

const seed = process.env['ALERT_SEED'] ?? (process.env['CI'] ? '1' : undefined)
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
