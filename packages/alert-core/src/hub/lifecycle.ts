/**
 * The one state of a hub's life. It only moves forward:
 *
 *   starting    the rules or the state of former processes are not known yet: nothing is sent
 *   running     both are known: channels are notified when alerts are due
 *   closing     `close` was called: lines still become alerts, nothing falls due any more
 *   closed      what was left is on its way or in the journal: later lines are only counted
 */

const states = ['starting', 'running', 'closing', 'closed'] as const

export type LifecycleState = (typeof states)[number]

export interface Lifecycle {
  readonly state: LifecycleState
  /** Moves on to this state; stays if it is already reached or passed. */
  enter(state: LifecycleState): void
  /** Whether 'running' was entered: the start is over, also if the hub closes meanwhile. */
  hasStarted(): boolean
  /** Resolves then. */
  readonly started: Promise<void>
}

export function createLifecycle(): Lifecycle {
  let hasStarted = false
  let resolveStarted = () => {}
  const started = new Promise<void>((resolve) => {
    resolveStarted = resolve
  })
  const lifecycle = {
    state: 'starting' as LifecycleState,
    hasStarted: () => hasStarted,
    started,
    enter(next: LifecycleState) {
      if (next === 'running') {
        hasStarted = true
        resolveStarted()
      }
      if (states.indexOf(next) > states.indexOf(lifecycle.state)) lifecycle.state = next
    },
  }
  return lifecycle
}
