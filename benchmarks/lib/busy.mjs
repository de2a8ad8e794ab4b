// What one thread really spends: on Linux the processor's own count, so that other programs on the machine do not get into the figure.
import { readdirSync, readFileSync } from 'node:fs'

/** µs of processor time of the main thread until now; elsewhere than on Linux, µs that passed. */
export function threadUs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
  } catch {
    return performance.now() * 1000
  }
}

/** µs of processor time of the busiest other thread while `work` runs: that of the worker. NaN elsewhere than on Linux. */
export async function busiestOther(work) {
  const before = threads()
  await work()
  const spent = [...threads()].map(([id, us]) => (id === `${process.pid}` ? 0 : us - (before.get(id) ?? 0)))
  return spent.length === 0 ? Number.NaN : Math.max(...spent)
}

function threads() {
  try {
    const ids = readdirSync('/proc/self/task')
    const usOf = (id) => Number(readFileSync(`/proc/self/task/${id}/schedstat`, 'utf8').split(' ')[0]) / 1000
    return new Map(ids.map((id) => [id, usOf(id)]))
  } catch {
    return new Map()
  }
}

// thread-stream and the like stand still until their worker has read: that costs the application as much as work does.
let waitedMs = 0
const { wait } = Atomics
Atomics.wait = (...given) => {
  const from = performance.now()
  const result = wait(...given)
  waitedMs += performance.now() - from
  return result
}

/** µs that the main thread worked, or stood waiting, while `work` ran. */
export async function busyFor(work) {
  const [from, waited] = [threadUs(), waitedMs]
  await work()
  return threadUs() - from + (waitedMs - waited) * 1000
}
