/**
 * What stands for the values of the fields whose different values are counted (`impact`): 48 bits of a hash.
 * The values may name people, and a state directory writes down what is kept.
 */
import type { ImpactSigns } from '../model.ts'
import { hmacWith } from '../provider/crypto.ts'
import { valueText } from './group-key.ts'
import type { GetField } from './match.ts'

/** Which fields, and the key of the hash: processes whose counts are merged need the same. */
export interface ImpactFields {
  readonly fields: readonly string[]
  readonly key: string
}

const bytes = 6
const longestValue = 1_000

/** Makes the function that reads them of each record; undefined if no field is counted. */
export function createImpactSigns({
  fields,
  key,
}: ImpactFields): ((get: GetField) => ImpactSigns | undefined) | undefined {
  if (fields.length === 0) return undefined
  return (get) => {
    let signs: Record<string, readonly number[]> | undefined
    for (const field of fields) {
      const value = get(field)
      if (value === undefined || value === null || value === '') continue
      signs ??= Object.create(null) as Record<string, readonly number[]>
      signs[field] = [signOf(value, field, key)]
    }
    return signs
  }
}

function signOf(value: unknown, field: string, key: string): number {
  const text = `${field}\n${valueText(value).slice(0, longestValue)}`
  return hmacWith('sha256', key).update(text).digest().readUIntBE(0, bytes)
}
