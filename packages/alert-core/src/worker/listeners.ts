/**
 * Those who hear the events of a link. What a listener throws is its own trouble.
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
          // To let it stop the others, or the road, would be ours.
        }
      }
    },
  }
}
