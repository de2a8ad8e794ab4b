// A process that is stopped and continued (SIGSTOP, SIGCONT) under a virtual clock: nothing of it runs
// meanwhile. Then its timers come first, and after them what it received, as in a loop of Node.
import type { Clock } from '#core/time/clock.ts'

type Work = () => void

export type Stops = ReturnType<typeof createStops>

export function createStops(world: Clock) {
  let isStopped = false
  let isOver = false
  let timers: Work[] = []
  let received: Work[] = []

  function run(work: Work, waiting: Work[]): void {
    if (isOver) return
    if (isStopped) waiting.push(work)
    else work()
  }

  return {
    isStopped: () => isStopped,
    stop(): void {
      isStopped = true
    },
    cont(): void {
      if (!isStopped) return
      isStopped = false
      const works = [...timers, ...received]
      timers = []
      received = []
      // One after the other: what a work resolves is continued before the next one.
      for (const work of works) world.after(0, () => run(work, received))
    },
    /** Nothing of it runs any more. */
    end(): void {
      isOver = true
    },
    /** What arrives at the process. */
    receive: (work: Work): void => run(work, received),
    /** Its own clock. */
    clock: {
      now: world.now,
      after(ms, fn) {
        let isCancelled = false
        const timer = world.after(ms, () => run(() => !isCancelled && fn(), timers))
        return {
          cancel() {
            isCancelled = true
            timer.cancel()
          },
        }
      },
    } satisfies Clock,
  }
}
