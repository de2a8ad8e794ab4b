/**
 * One set of process listeners for all links, however many there are. On 'exit' ours comes last, so that what the application's own exit
 * handlers log is still told.
 */
import type { Link } from './link.ts'

/** On our exit listener, so that two copies of this package do not overtake each other for ever. */
const isLast = Symbol.for('alert-core:last')
const exitListener = Object.assign(exit, { [isLast]: true })
let links: ReadonlySet<Link> | undefined
let isMoving = false

/** Watches the end of the process for these links, from now on. */
export function watchEnd(current: ReadonlySet<Link>): void {
  if (links !== undefined) return
  links = current
  process.on('beforeExit', beforeExit)
  process.on('exit', exitListener)
  process.on('newListener', followed)
}

function beforeExit(): void {
  for (const link of links ?? []) link.beforeExit()
}

function exit(): void {
  // All hear that it is over before any is waited for: they tell their last words side by side.
  const waits = [...(links ?? [])].map((link) => link.exit())
  for (const wait of waits) wait()
}

function followed(event: string | symbol, listener: object): void {
  if (event !== 'exit' || isMoving || isLast in listener) return
  isMoving = true
  queueMicrotask(() => {
    process.off('exit', exitListener)
    process.on('exit', exitListener)
    isMoving = false
  })
}
