/**
 * Questions that wait for their answers from the hub's side; every one is settled, at the latest when the road is lost.
 */
import {
  type Answer,
  errorOf,
  type Given,
  nobodyAnswers,
  type Question,
  type Value,
  type Verb,
} from './ask.ts'
import { noAnswer } from './road.ts'

export interface Questions {
  /** Rejects with an AlertError where the hub refuses, or nobody is left who could do what is wished. */
  ask<One extends Verb>(verb: One, given: Given<One>): Promise<Value<One>>
  settle(answer: Answer): void
  /** Nobody will answer any more. */
  giveUp(): void
}

/** `send` hands a question over, behind all lines written before it. */
export function createQuestions(send: (question: Question) => void): Questions {
  const waiting = new Map<number, (answer?: Answer) => void>()
  let lastId = 0
  let isOver = false

  return {
    ask: (verb, given) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        const settle = (answer?: Answer) => {
          if (answer?.refused !== undefined) reject(errorOf(answer.refused))
          else if (answer?.value !== undefined) resolve(answer.value as Value<typeof verb>)
          else if (verb in otherwise) resolve(otherwise[verb as keyof typeof otherwise] as Value<typeof verb>)
          else reject(nobodyAnswers())
        }
        if (isOver) return settle()
        waiting.set(id, settle)
        send({ ask: verb, id, ...(given === undefined ? {} : { given }) })
      }),
    settle(answer) {
      waiting.get(answer.answer)?.(answer)
      waiting.delete(answer.answer)
    },
    giveUp() {
      isOver = true
      for (const settle of waiting.values()) settle()
      waiting.clear()
    },
  }
}

/** What holds where nobody answers. */
const otherwise = { flush: noAnswer, close: noAnswer, stats: undefined } as const
