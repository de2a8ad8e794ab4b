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
  /** Moves on to this state; does nothing if it is already reached or passed. */
  enter(state: LifecycleState): void
}

export function createLifecycle(): Lifecycle {
  const lifecycle = {
    state: 'starting' as LifecycleState,
    enter(next: LifecycleState) {
      if (states.indexOf(next) > states.indexOf(lifecycle.state)) lifecycle.state = next
    },
  }
  return lifecycle
}
