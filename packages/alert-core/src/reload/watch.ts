/**
 * Looks at a document again and again, and hands on each one that is new and sound. A broken one changes nothing and is told once.
 */
import type { Clock, Timer } from '../time/clock.ts'
import { parseDocument } from './document.ts'
import type { DocumentSource } from './source.ts'

export interface WatchOptions {
  readonly source: DocumentSource
  readonly clock: Clock
  /** Takes a new document; returns what is wrong with it, if anything. */
  readonly onDocument: (document: Readonly<Record<string, unknown>>) => readonly string[]
  /** The first look is over, whatever came of it. */
  readonly onFirst?: () => void
  /** Hears why the document at hand stays in force; once for each cause. */
  readonly onError: (message: string) => void
}

/** Longest pause after looks that failed. */
const maxPauseMs = 60_000
/** Longer than a blocking query is held. */
const lookTimeoutMs = 70_000

/** Starts to look; returns the way to stop, after which nothing is called any more. */
export function watchDocument(options: WatchOptions): () => void {
  const { source, clock, onDocument, onFirst, onError } = options
  const stopped = new AbortController()
  let timer: Timer | undefined
  let failures = 0
  let isFirstOver = false
  let reported: string | undefined

  function reportOnce(message: string): void {
    if (message === reported) return
    reported = message
    onError(`${source.name}: ${message}`)
  }

  async function poll(): Promise<number> {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(lookTimeoutMs)])
    const seen = await source.poll(signal)
    if (stopped.signal.aborted) return 0
    if ('failed' in seen) {
      failures++
      reportOnce(`${seen.failed}; what is in force stays`)
      return (
        seen.delayMs ?? Math.min(maxPauseMs, Math.max(source.everyMs, 1_000) * 2 ** Math.min(failures - 1, 6))
      )
    }
    failures = 0
    if ('text' in seen) await take(seen.text)
    return source.everyMs
  }

  async function take(text: string): Promise<void> {
    const parsed = await parseDocument(text)
    if (stopped.signal.aborted) return
    const problems = 'problem' in parsed ? [parsed.problem] : onDocument(parsed.document)
    if (problems.length === 0) reported = undefined
    else reportOnce(`refused, what is in force stays: ${problems.join('; ')}`)
  }

  async function run(): Promise<void> {
    const delayMs = await poll().catch(() => maxPauseMs)
    if (!isFirstOver) onFirst?.()
    isFirstOver = true
    if (!stopped.signal.aborted) timer = clock.after(delayMs, () => void run())
  }

  void run()
  return () => {
    stopped.abort()
    timer?.cancel()
  }
}
