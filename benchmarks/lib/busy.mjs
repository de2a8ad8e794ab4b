// CPU time of one thread: on Linux by the kernel's count, so that other programs on the machine do not affect
// the figure.
import { readdirSync, readFileSync } from 'node:fs'

/** CPU time of the main thread until now, µs; elapsed time on systems other than Linux. */
export function threadUs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
  } catch {
    return performance.now() * 1000
  }
}

/**
 * CPU time of the busiest other thread (the worker) while `work` runs, µs. NaN on systems other than Linux.
 */
export async function busiestOther(work) {
  const before = threads()
  await work()
  const busy = [...threads()].map(([id, us]) => (id === `${process.pid}` ? 0 : us - (before.get(id) ?? 0)))
  return busy.length === 0 ? Number.NaN : Math.max(...busy)
}

/** CPU time until now of these threads of the process together, µs. NaN on systems other than Linux. */
export function busyOf(ids) {
  try {
    return ids.reduce((sum, id) => sum + usOf(id), 0)
  } catch {
    return Number.NaN
  }
}

function usOf(id) {
  return Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1000
}

function threads() {
  try {
    const ids = readdirSync('/proc/self/task')
    return new Map(ids.map((id) => [id, usOf(id)]))
  } catch {
    return new Map()
  }
}

// thread-stream and others block until their worker has read: that costs the application as much as CPU time.
let waitedMs = 0
const { wait } = Atomics
Atomics.wait = (...given) => {
  const from = performance.now()
  const result = wait(...given)
  waitedMs += performance.now() - from
  return result
}

/** µs that the main thread worked or was blocked while `work` ran. */
export async function busyFor(work) {
  const [from, waited] = [threadUs(), waitedMs]
  await work()
  return threadUs() - from + (waitedMs - waited) * 1000
}
