/**
 * Where an alert was met, as people read it: which processes, which release, which request.
 */
import { maskedRoute, requestKey } from '../fingerprint/fingerprint.ts'
import type { Alert, LogRecord, ProcessCount } from '../model.ts'
import { chineseProcess, processWithNumber } from '../provider/alert-data.ts'
import { getPath } from '../text/get-path.ts'
import { cutChars } from '../text/text.ts'
import { formatCount } from '../time/time-text.ts'
import type { Locale } from './phrases.ts'
import type { Scrub } from './scrub.ts'

// ── processes: 'web-1 (12), web-2 (9) and 5 more'

/** The words of one language. */
interface ProcessWords {
  one(name: string): string
  /** Others may have met it too. */
  only(name: string): string
  counted(name: string, count: number): string
  all(processes: string): string
  /** `met` of `total` processes; `total` is '' if it is not known. */
  several(met: string, total: string, shown: readonly string[], more: number): string
}

const most = { processes: 3, process: 120, kept: 64, release: 100, method: 20, path: 200 }

const processWords: Readonly<Record<Locale, ProcessWords>> = {
  en: {
    one: (name) => name,
    only: (name) => `This process only: ${name}`,
    counted: (name, count) => `${name} (${formatCount(count)})`,
    all: (processes) => `all ${processes} processes`,
    several: (met, total, shown, more) => {
      const of = total === '' ? '' : `${met} of ${total}: `
      return `${of}${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
    },
  },
  'zh-CN': {
    one: chineseProcess,
    only: (name) => `仅本实例：${chineseProcess(name)}`,
    counted: (name, count) => `${chineseProcess(name)}（${formatCount(count)} 次）`,
    all: (processes) => `全部 ${processes} 个实例`,
    several: (met, total, shown, more) => {
      const of = total === '' ? '' : `${met}/${total}：`
      return `${of}${shown.join('、')}${more > 0 ? `等 ${met} 个` : ''}`
    },
  },
}

/** One process by its name, several with their counts; '' if nothing is known of it. */
export function processText(alert: Alert, locale: Locale, scrub: Scrub, isAlone = false): string {
  const { processes = [], processesTotal } = alert
  // How many there are is not known at present.
  const total = isAlone ? 0 : (processesTotal ?? 0)
  const word = processWords[locale]
  const [first] = processes
  if (first === undefined) return ''
  const name = (process: ProcessCount) => scrub.line(process.name, most.process)
  if (processes.length === 1 && total <= 1) return (isAlone ? word.only : word.one)(name(first))
  // The others may be on its host. The message says how often it occurred.
  if (processes.length === 1) return word.several('1', formatCount(total), [word.one(name(first))], 0)
  // Of several, 'web-1' is enough where no other process has that host.
  const hosts = processes.map((process) => name(process).replace(processWithNumber, '$1'))
  const short = (process: ProcessCount) => {
    const host = name(process).replace(processWithNumber, '$1')
    return hosts.filter((one) => one === host).length > 1 ? name(process) : host
  }
  if (processes.length === total) return word.all(formatCount(total))
  const met = `${formatCount(processes.length)}${processes.length >= most.kept ? '+' : ''}`
  const shown = processes.slice(0, most.processes).map((one) => word.counted(short(one), one.count))
  // Some of them may have ended.
  const of = total <= processes.length ? '' : formatCount(total)
  return word.several(met, of, shown, processes.length - shown.length)
}

// ── release: what is new in it, or back in it

/** The sentence of the lead without its full stop, and what the subject ends with. */
export interface ReleaseText {
  readonly type: 'new' | 'back'
  readonly sentence: string
  readonly suffix: string
}

const releaseWords = {
  en: {
    new: (release: string, previous: string) => `New in ${release}, not seen in ${previous}`,
    back: (release: string, previous: string) => `Back in ${release}, last seen in ${previous}`,
    newSuffix: (release: string) => ` (new in ${release})`,
    backSuffix: (release: string) => ` (back in ${release})`,
  },
  'zh-CN': {
    new: (release: string, previous: string) => `${release} 新增，${previous} 未出现过`,
    back: (release: string, previous: string) => `${release} 再次出现，上次见于 ${previous}`,
    newSuffix: (release: string) => `（${release} 新增）`,
    backSuffix: (release: string) => `（${release} 再次出现）`,
  },
} as const

const longestRelease = 40
const shortCommit = 12
const commit = /^[\da-f]{40,64}$/i

/** Undefined if there is nothing to say. */
export function releaseText(alert: Alert, locale: Locale, scrub: Scrub): ReleaseText | undefined {
  const { release, releaseNote } = alert
  if (release === undefined || releaseNote === undefined) return undefined
  const { type } = releaseNote
  const word = releaseWords[locale]
  const name = releaseName(release, scrub)
  return {
    type,
    sentence: word[type](name, releaseName(releaseNote.previous, scrub)),
    suffix: word[`${type}Suffix`](name),
  }
}

/** A release as people name it: of a commit the first characters. */
export function releaseName(release: string, scrub: Scrub): string {
  return commit.test(release)
    ? release.slice(0, shortCommit)
    : cutChars(scrub.line(release, most.release), longestRelease)
}

// ── request: 'POST /orders/… → 502', of what loggers of requests write

/** A request of a record; its texts are safe to show, and what varies in its path is '…'. */
export interface RequestParts {
  readonly method: string
  readonly path: string
  readonly status?: number
}

/** pino-http and the like · Google Cloud · OpenTelemetry, present and former names. */
const names = {
  method: ['req.method', 'request.method', 'httpRequest.requestMethod', 'http.request.method', 'http.method'],
  declared: ['req.route.path', 'req.routeOptions.url', 'req.routerPath', 'http.route'],
  requested: [
    'req.originalUrl',
    'req.url',
    'request.url',
    'httpRequest.requestUrl',
    'url.path',
    'http.target',
    'http.url',
  ],
  status: [
    'res.statusCode',
    'res.status',
    'statusCode',
    'httpRequest.status',
    'http.response.status_code',
    'http.status_code',
  ],
} as const

/** What each name of a method starts with. */
const requestField = /^(?:req|request|http|httpRequest)(?:\.|$)/

/** Undefined if the record is not about a request. */
export function requestParts(record: LogRecord, scrub: Scrub): RequestParts | undefined {
  const { fields: raw } = record
  if (!Object.keys(raw).some((name) => requestField.test(name))) return undefined
  if (findText(raw, names.method) === undefined) return undefined
  const fields = scrub.fields(raw)
  // hapi writes 'get'.
  const method = findText(fields, names.method)?.toUpperCase()
  const declared = findText(fields, names.declared)
  const route = declared ?? findText(fields, names.requested)
  if (method === undefined || route === undefined) return undefined
  const masked = maskedRoute(method, pathOf(route), declared !== undefined).replaceAll('<*>', '…')
  const status = find(fields, names.status, (value): value is number => Number.isInteger(value))
  return {
    method: scrub.line(method, most.method),
    path: scrub.line(masked, most.path),
    ...(status === undefined ? {} : { status }),
  }
}

/** '' if the record is not about a request. */
export function requestText(parts: RequestParts | undefined): string {
  if (parts === undefined) return ''
  const { method, path, status } = parts
  return `${method} ${path}${status === undefined ? '' : ` → ${status}`}`
}

/** Of an address only its path: the host is that of the service. */
function pathOf(route: string): string {
  return /^https?:\/\//.test(route) && URL.canParse(route) ? new URL(route).pathname : route
}

function findText(fields: LogRecord['fields'], paths: readonly string[]): string | undefined {
  return find(fields, paths, (value): value is string => typeof value === 'string' && value !== '')
}

function find<Value>(
  fields: LogRecord['fields'],
  paths: readonly string[],
  is: (value: unknown) => value is Value,
): Value | undefined {
  for (const path of paths) {
    const value = getPath(fields, path)
    if (is(value)) return value
  }
  return undefined
}

/** Made of what `redact` leaves of the fields, as they are a part of the text here; '' for other records. */
export function requestOf(record: LogRecord, scrub: Scrub): string {
  if (requestKey(record) === undefined) return ''
  return requestKey({ ...record, fields: scrub.fields(record.fields) }) ?? ''
}
