/** Objects as the lines that an app shows of them. */
import { isObject } from '../json.ts'

/** One line for each field: 'name: value'; nothing for what is no object. */
export function lines(value: unknown): string[] {
  if (!isObject(value)) return []
  return Object.entries(value).map(([name, field]) =>
    typeof field === 'string' ? `${name}: ${field}` : `${name}: ${JSON.stringify(field)}`,
  )
}
