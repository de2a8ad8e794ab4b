/**
 * Questions to the process that notifies, through Redis: a question stands beside what is submitted, and its
 * answer under a key of its own.
 */
import type { Outcome } from '../requests/pending-requests.ts'
import { isObject } from '../text/get-path.ts'
import { parseJson } from '../text/parse-json.ts'
import type { Clock } from '../time/clock.ts'
import { writeDelta } from './redis-delta.ts'
import type { AskOutcome, RedisStore } from './redis-store.ts'

export interface RedisQuestionsOptions {
  readonly store: Pick<RedisStore, 'ask' | 'answered'>
  readonly clock: Clock
  readonly newId: () => string
}

/** The outcome of a question; without an answer, why there is none. */
export type RedisAnswer = { readonly outcome: Outcome } | { readonly why: AskOutcome }

/** The process that notifies reads what was submitted ten times a second. */
const pollMs = 50

/** Rejects with a `StoreFailure` if Redis cannot be used. */
export type AskRedis = (question: unknown, withinMs: number) => Promise<RedisAnswer>

export function createRedisQuestions({ store, clock, newId }: RedisQuestionsOptions): AskRedis {
  return async (question, withinMs) => {
    const id = newId()
    const endAt = clock.now() + withinMs
    const why = await store.ask(
      writeDelta({
        ...{ member: id, process: '', options: '', number: 0, lowest: 0, items: [], asks: false },
        question: { id, withinMs, question },
      }),
    )
    if (why !== 'asked') return { why }
    while (clock.now() < endAt) {
      await new Promise<void>((resolve) => clock.after(pollMs, resolve))
      const json = await store.answered(id)
      if (json !== undefined) return { outcome: readOutcome(json) }
    }
    return { why }
  }
}

/** Another version, or another program, may answer anything. */
function readOutcome(json: string): Outcome {
  const read = parseJson(json)
  if (!isObject(read)) return {}
  const { value, error } = read
  if (!isObject(error)) return { value }
  return { error: { code: String(error['code']), message: String(error['message']) } }
}
