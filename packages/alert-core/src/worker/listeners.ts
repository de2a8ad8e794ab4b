/**
 * Listeners of a link or an adapter. An error that one throws harms neither the others nor what emits.
 */

export interface Listeners<Event> {
  /** Returns the way to stop. */
  add(listener: (event: Event) => void): () => void
  emit(event: Event): void
}

export function createListeners<Event>(): Listeners<Event> {
  const listeners = new Set<(event: Event) => void>()
  return {
    add(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          // An error of the application's own.
        }
      }
    },
  }
}

/** Emits while something else holds the listeners: what holds this function must not keep them in memory. */
export function emitWeakly<Event>(listeners: Listeners<Event>): (event: Event) => void {
  const reference = new WeakRef(listeners)
  return (event) => reference.deref()?.emit(event)
}
