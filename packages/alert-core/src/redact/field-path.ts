/**
 * Paths that name many fields: 'user.ssn', 'items.*.iban', 'items[*].iban'.
 */
import { escapeRegex } from '../text/text.ts'

/**
 * Makes a test for field paths ('a.b.0.c') out of patterns in which '*' is any one key. A pattern holds from
 * any level down, so 'ssn' also names 'user.ssn'; capitals do not matter.
 */
export function compilePaths(patterns: readonly string[]): (path: string) => boolean {
  const sources = patterns.map(toSource).filter((source) => source !== '')
  if (sources.length === 0) return () => false
  const any = new RegExp(`(?:^|\\.)(?:${sources.join('|')})$`, 'iu')
  return (path) => any.test(path)
}

function toSource(pattern: string): string {
  const dotted = pattern.replace(/\[["']?([^\][]*?)["']?\]/g, (_match, key: string) => `.${key || '*'}`)
  const keys = dotted.split('.').filter((key) => key !== '')
  return keys.map((key) => (key === '*' ? '[^.]+' : escapeRegex(key))).join('\\.')
}
