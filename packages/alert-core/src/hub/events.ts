/**
 * Every event passes here once: it is counted and reaches the listeners. Nothing goes through the logger that
 * is watched.
 */
import type { AlertEvent } from '../model.ts'
import type { OptionsInForce } from './compiled-options.ts'
import type { Counters } from './stats.ts'

export interface EventsOptions {
  readonly counters: Pick<Counters, 'countEvent'>
  readonly inForce: OptionsInForce
}

export interface Events {
  emit(event: AlertEvent): void
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: AlertEvent) => void, filter?: (event: AlertEvent) => boolean): () => void
}

export function createEvents({ counters, inForce }: EventsOptions): Events {
  const listeners = new Set<(event: AlertEvent) => void>()
  return {
    emit(given) {
      counters.countEvent(given)
      if (listeners.size === 0) return
      const event = withShownKeys(given, inForce.compiled.shownKey)
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

/** Without secrets and what `redact` names. */
function withShownKeys(event: AlertEvent, shownKey: (key: string) => string): AlertEvent {
  if ('key' in event) return { ...event, key: shownKey(event.key) }
  if (!('about' in event)) return event
  return { ...event, about: event.about.map((name) => ({ ...name, key: shownKey(name.key) })) }
}
