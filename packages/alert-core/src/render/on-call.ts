/**
 * Whom a message goes to: fixed addresses, and groups whose members take turns.
 */
import { createTurns, groupOfTurn, type RotationTimes } from '../time/rotation.ts'

/** A group of recipients whose members take turns. */
export interface Rotation extends RotationTimes {
  /** Its name in `recipients`. */
  readonly group: string
  /** The addresses of each turn, in order; after the last comes the first. */
  readonly turns: readonly (readonly string[])[]
}

/** An address, or those whose turn it is. */
export type Recipient = string | Rotation

/** Makes the function that returns the addresses at a moment, epoch ms, each once. */
export function createRecipients(recipients: readonly Recipient[]): (at: number) => readonly string[] {
  if (recipients.every((one) => typeof one === 'string')) {
    const fixed = recipients as readonly string[]
    return () => fixed
  }
  const parts = recipients.map((one) => {
    if (typeof one === 'string') return () => [one]
    const { numberAt } = createTurns(one)
    return (at: number) => one.turns[groupOfTurn(numberAt(at), one.turns.length)] ?? []
  })
  return (at) => [...new Set(parts.flatMap((part) => part(at)))]
}

/** One turn of a rotation. */
export interface Turn {
  readonly members: readonly string[]
  /** Epoch ms. */
  readonly from: number
  readonly to: number
}

/** The turn at `now`, epoch ms, and those after it. */
export function turnsFrom(rotation: Rotation, now: number, count: number): Turn[] {
  const { numberAt, startOf } = createTurns(rotation)
  const first = numberAt(now)
  return Array.from({ length: count }, (_, index) => ({
    members: rotation.turns[groupOfTurn(first + index, rotation.turns.length)]!,
    from: startOf(first + index),
    to: startOf(first + index + 1),
  }))
}
