/**
 * Where an alert was met, as people read it: one process by its name, several with their counts, 'web-1 (12),
 * web-2 (9) and 5 more'.
 */
import type { Alert, ProcessCount } from '../model.ts'
import { formatCount } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'
import type { Scrub } from './scrub.ts'

/** The words of one language. */
interface ProcessWords {
  one(name: string): string
  counted(name: string, count: number): string
  all(processes: string): string
  /** `met` of `total` processes; `total` is '' if it is not known. */
  several(met: string, total: string, shown: readonly string[], more: number): string
}

const most = { shown: 3, name: 120, kept: 64 }

/** The name that the default option makes: 'web-1 (pid 41)'. */
const withNumber = /^(.*\S) \(((?:pid|instance) [^()]+)\)$/

const words: Readonly<Record<Locale, ProcessWords>> = {
  en: {
    one: (name) => name,
    counted: (name, count) => `${name} (${formatCount(count)})`,
    all: (processes) => `all ${processes} processes`,
    several: (met, total, shown, more) => {
      const of = total === '' ? '' : `${met} of ${total}: `
      return `${of}${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
    },
  },
  'zh-CN': {
    one: chineseName,
    counted: (name, count) => `${chineseName(name)}（${formatCount(count)} 次）`,
    all: (processes) => `全部 ${processes} 个实例`,
    several: (met, total, shown, more) => {
      const of = total === '' ? '' : `${met}/${total}：`
      return `${of}${shown.join('、')}${more > 0 ? `等 ${met} 个` : ''}`
    },
  },
}

/** '' if nothing is known of it. */
export function processText(alert: Alert, locale: Locale, scrub: Scrub): string {
  const { processes = [], processesTotal: total = 0 } = alert
  const word = words[locale]
  const [first] = processes
  if (first === undefined) return ''
  const name = (process: ProcessCount) => scrub.line(process.name, most.name)
  if (processes.length === 1 && total <= 1) return word.one(name(first))
  if (processes.length === total) return word.all(formatCount(total))
  const met = `${formatCount(processes.length)}${processes.length >= most.kept ? '+' : ''}`
  const shown = processes.slice(0, most.shown).map((one) => word.counted(name(one), one.count))
  return word.several(met, total <= 1 ? '' : formatCount(total), shown, processes.length - shown.length)
}

function chineseName(name: string): string {
  return name.replace(withNumber, '$1（$2）')
}
