/**
 * One set of process listeners for all links. On 'exit' ours comes last, so that what the application's own
 * exit handlers log is sent as well.
 */
import { writeCrash } from './crashes.ts'
import type { Link } from './link.ts'

/** On our exit listener, so that two copies of this package do not overtake each other for ever. */
const isLast = Symbol.for('alert-core:last')
const exitListener = Object.assign(onExit, { [isLast]: true })
let links: ReadonlySet<Link> | undefined
let isMoving = false

/** Watches the end of the process for these links, from now on. */
export function watchExit(current: ReadonlySet<Link>): void {
  if (links !== undefined) return
  links = current
  process.on('beforeExit', onBeforeExit)
  process.on('exit', exitListener)
  process.on('newListener', onNewListener)
}

function onBeforeExit(): void {
  for (const link of links ?? []) link.beforeExit()
}

function onExit(exitCode: number): void {
  writeCrash(exitCode)
  // All start their end before any is waited for: they send side by side.
  const waits = [...(links ?? [])].map((link) => link.exit())
  for (const wait of waits) wait()
}

function onNewListener(event: string | symbol, listener: object): void {
  if (event !== 'exit' || isMoving || isLast in listener) return
  isMoving = true
  queueMicrotask(() => {
    process.off('exit', exitListener)
    process.on('exit', exitListener)
    isMoving = false
  })
}
