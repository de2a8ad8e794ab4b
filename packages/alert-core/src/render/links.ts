/**
 * The links of a message: to the trace and the logs of a record, by templates of the user, and whether a
 * browser may open one.
 */
import type { LogRecord } from '../model.ts'
import { fillTemplate } from '../text/template.ts'

const longest = 2000

/** The link about a record, if each of its placeholders has a value that redaction did not change. */
export function recordLink(
  template: string,
  record: LogRecord,
  known: { readonly requestId: string; readonly traceId: string },
  get: (path: string) => string,
): string | undefined {
  let isComplete = true
  const url = fillTemplate(template, (path) => {
    const value = get(path)
    const raw = path === 'traceId' ? record.traceId : path === 'requestId' ? record.requestId : value
    if (value === '' || value !== raw) isComplete = false
    return encodeURIComponent(value)
  })
  const linked = known.traceId !== '' || known.requestId !== ''
  return isComplete && linked && url.length <= longest && isWebUrl(url) ? url : undefined
}

/** Whether a browser may open the address: log data could contain 'javascript:'. */
export function isWebUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}
