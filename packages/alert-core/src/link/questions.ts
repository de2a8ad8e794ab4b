/**
 * Questions that wait for their answers from the hub's side; every one is settled, at the latest when the road is lost.
 */
import type { FlushResult } from '../hub.ts'
import type { Stats } from '../report.ts'
import { noAnswer } from './road.ts'

export type Verb = 'flush' | 'close' | 'stats'

/** Crosses to the hub's side. */
export interface Question {
  readonly ask: Verb
  readonly id: number
}

/** Comes back from there. */
export interface Answer {
  readonly answer: number
  readonly value: unknown
}

export interface Questions {
  flush(): Promise<FlushResult>
  close(): Promise<FlushResult>
  stats(): Promise<Stats | undefined>
  settle(answer: Answer): void
  /** Nobody will answer any more. */
  giveUp(): void
}

/** `send` hands a question over, behind all lines written before it. */
export function createQuestions(send: (question: Question) => void): Questions {
  const waiting = new Map<number, (value: unknown) => void>()
  let lastId = 0
  let isOver = false

  function ask<Value>(verb: Verb, otherwise: Value): Promise<Value> {
    if (isOver) return Promise.resolve(otherwise)
    return new Promise((resolve) => {
      const id = ++lastId
      waiting.set(id, (value) => resolve(value === undefined ? otherwise : (value as Value)))
      send({ ask: verb, id })
    })
  }

  return {
    flush: () => ask('flush', noAnswer),
    close: () => ask('close', noAnswer),
    stats: () => ask<Stats | undefined>('stats', undefined),
    settle({ answer, value }) {
      waiting.get(answer)?.(value)
      waiting.delete(answer)
    },
    giveUp() {
      isOver = true
      for (const settle of waiting.values()) settle(undefined)
      waiting.clear()
    },
  }
}
