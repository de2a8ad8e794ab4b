/**
 * Every event passes here once: it is counted and reaches the listeners. Nothing goes through the logger that
 * is watched.
 */
import type { AlertEvent } from '../model.ts'

/** What events depend on. */
export interface EventsOptions {
  readonly count: (event: AlertEvent) => void
  /** Hides what must not be seen in the readable keys of alerts. */
  readonly shownKey: (key: string) => string
}

export interface Events {
  emit(event: AlertEvent): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
}

export function createEvents({ count, shownKey }: EventsOptions): Events {
  const listeners = new Set<(event: AlertEvent) => void>()
  return {
    emit(given) {
      count(given)
      if (listeners.size === 0) return
      const event = withShownKeys(given, shownKey)
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          // An error of the listener must not stop an alert.
        }
      }
    },
    subscribe(listener, filter) {
      const entry = filter === undefined ? listener : (event: AlertEvent) => filter(event) && listener(event)
      listeners.add(entry)
      return () => listeners.delete(entry)
    },
  }
}

function withShownKeys(event: AlertEvent, shownKey: (key: string) => string): AlertEvent {
  if ('key' in event) return { ...event, key: shownKey(event.key) }
  if (!('about' in event)) return event
  return { ...event, about: event.about.map((name) => ({ ...name, key: shownKey(name.key) })) }
}
