import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ruleShape } from '#core/options/rule-options.ts'
import { checkOptions, ruleWarnings } from '#core/options.ts'

const read = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8')
const page = read('rules.md')

describe('the page about rules', () => {
  it.each(['rules.md', 'zh/rules.md'])('%s shows only options that pass the check', (path) => {
    const blocks = [...read(path).matchAll(/```json\n([\s\S]*?)```/g)].map(([, block]) => block!)
    expect(blocks.length).toBeGreaterThan(8)
    for (const block of blocks) {
      const { plan, problems } = checkOptions(JSON.parse(block))
      expect(problems, block).toEqual([])
      expect(ruleWarnings(plan), block).toEqual([])
    }
  })

  it('names every key of a rule in Chinese too', () => {
    const chinese = read('zh/rules.md')
    for (const word of Object.keys(ruleShape)) expect(chinese, word).toMatch(new RegExp(`["\`]${word}["\`]`))
  })

  it('names every key of a rule, of its conditions, and of what keeps quiet', () => {
    const words = [
      ...Object.keys(ruleShape),
      ...['count', 'within', 'distinct', 'spike', 'atLeast', 'reference', 'windows'],
      ...['consecutive', 'reset', 'absent'],
      ...['silences', 'from', 'until', 'comment', 'inhibit', 'source', 'target', 'equal', 'only', 'not'],
      ...['times', 'weekdays', 'daysOfMonth', 'months', 'years', 'location'],
      ...['regex', 'exists', 'gt', 'gte', 'lt', 'lte'],
    ]
    for (const word of words) expect(page, word).toMatch(new RegExp(`["\`]${word}["\`]`))
  })

  it('lists every outcome and every reason that `explain` gives', () => {
    const outcomes = ['failed', 'below', 'nothing', 'off', 'ends', 'seen', 'counts']
    const reasons = [
      'filtered',
      'condition',
      'silenced',
      'inhibited',
      'schedule',
      'wait',
      'after',
      'repeat',
      'busy',
    ]
    const events = ['fired', 'delivered', 'retrying', 'failed', 'suppressed', 'dropped', 'error']
    for (const word of [...outcomes, ...reasons, ...events]) expect(page).toContain(`\`${word}\``)
  })
})
