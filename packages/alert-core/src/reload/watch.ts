/**
 * Polls a document and passes on each new, valid one. A broken one changes nothing and is reported once.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { parseDocument } from './document.ts'
import type { DocumentSource } from './source.ts'

export interface WatchOptions {
  readonly source: DocumentSource
  readonly clock: Clock
  /** Takes a new document; returns what is wrong with it, if anything. */
  readonly onDocument: (document: Readonly<Record<string, unknown>>) => readonly string[]
  /** The first poll is over, with whatever result. */
  readonly onFirst?: () => void
  /** Called once for each reason why a document was not taken. */
  readonly onError: (message: string) => void
}

/** Longest pause after failed polls. */
const maxPauseMs = 60_000
/** Longer than a blocking query takes. */
const pollTimeoutMs = 70_000

/** Starts polling; returns the function that stops it, after which no callback runs. */
export function watchDocument(options: WatchOptions): () => void {
  const { source, clock, onDocument, onFirst, onError } = options
  const stopped = new AbortController()
  let timer: Timer | undefined
  let failures = 0
  let isFirstDone = false
  let reported: string | undefined

  function reportOnce(message: string): void {
    if (message === reported) return
    reported = message
    onError(`${source.name}: ${message}`)
  }

  async function poll(): Promise<number> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(pollTimeoutMs)])
    const result = await source.poll(signal)
    if (stopped.signal.aborted) return 0
    if ('failed' in result) {
      failures++
      reportOnce(`${result.failed}; the current options stay in force`)
      return (
        result.delayMs ??
        Math.min(maxPauseMs, Math.max(source.everyMs, 1_000) * 2 ** Math.min(failures - 1, 6))
      )
    }
    failures = 0
    if ('text' in result) take(result.text)
    return source.everyMs
  }

  function take(text: string): void {
    const parsed = parseDocument(text)
    const problems = 'problem' in parsed ? [parsed.problem] : onDocument(parsed.document)
    if (problems.length === 0) reported = undefined
    else reportOnce(`refused, the current options stay in force: ${problems.join('; ')}`)
  }

  async function run(): Promise<void> {
    const delayMs = await poll().catch(() => maxPauseMs)
    if (!isFirstDone) onFirst?.()
    isFirstDone = true
    if (!stopped.signal.aborted) timer = clock.after(delayMs, () => void run())
  }

  void run()
  return () => {
    stopped.abort()
    timer?.cancel()
  }
}
