/**
 * A program of its own that logs through the built package, and how long its end took.
 */
import { adapters, type Ended, inline, runNode } from '../worker/program.ts'
import type { Hook } from './hook.ts'

interface TimedEnd extends Ended {
  /** From the program's last call of `mark()` to its end. */
  readonly ms: number
}

/** Runs `body` after a `logger` and its `alerts` have been made with the hook's options and `extra`. */
export async function run(hook: Hook, body: string, extra: object = {}, prelude = ''): Promise<TimedEnd> {
  const source = `
    ${prelude}
    let alerts, logger
    const options = ${JSON.stringify({ ...hook.options, ...extra })}
    ${adapters.winston}
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const mark = () => process._rawDebug('mark ' + Date.now())
    mark()
    ${body}
  `
  const { stderr, ...end } = await runNode(inline(source))
  const endedAt = Date.now()
  const marks = [...stderr.matchAll(/mark (\d+)\n/g)]
  const marked = Number(marks.at(-1)?.[1] ?? endedAt)
  return { ...end, stderr: stderr.replace(/mark \d+\n/g, ''), ms: endedAt - marked }
}
