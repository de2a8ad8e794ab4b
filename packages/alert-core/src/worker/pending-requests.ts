/**
 * Questions that wait for their answers from the hub's side; every one is settled, at the latest when the road is lost.
 */
import { type Answer, type Given, type HostRequest, outcomeOf, type Value, type Verb } from './requests.ts'

export interface PendingRequests {
  /** Rejects with an AlertError where the hub refuses, or nobody is left who could do what is wished. */
  ask<One extends Verb>(verb: One, given: Given<One>): Promise<Value<One>>
  /** Returns what was asked, if anybody still waits for it: whoever asks for the end must know at once that it has come. */
  settle(answer: Answer): Verb | undefined
  /** Nobody will answer any more. */
  giveUp(): void
}

/** `send` hands a question over, behind all lines written before it. */
export function createPendingRequests(send: (question: HostRequest) => void): PendingRequests {
  const waiting = new Map<number, { readonly verb: Verb; readonly settle: (answer?: Answer) => void }>()
  let lastId = 0
  let isOver = false

  return {
    ask: (verb, given) =>
      new Promise((resolve) => {
        const id = ++lastId
        const settle = (answer?: Answer) => resolve(outcomeOf(verb, answer))
        if (isOver) return settle()
        waiting.set(id, { verb, settle })
        send({ ask: verb, id, ...(given === undefined ? {} : { given }) })
      }),
    settle(answer) {
      const asked = waiting.get(answer.answer)
      waiting.delete(answer.answer)
      asked?.settle(answer)
      return asked?.verb
    },
    giveUp() {
      isOver = true
      for (const { settle } of waiting.values()) settle()
      waiting.clear()
    },
  }
}
