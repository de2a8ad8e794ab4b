// The points that a thread has passed, as marks.cjs prints them.
import { fileURLToPath } from 'node:url'

/** Flags of Node for a process whose thread is watched. */
export const watched = ['--require', fileURLToPath(new URL('./marks.cjs', import.meta.url))]

/** ms of the clock of the marks. */
export const steadyMs = () => Number(process.hrtime.bigint()) / 1e6

/** The marks in what a process has printed, in their order. */
export function marksIn(stdout) {
  return [...stdout.matchAll(/^\{"mark":"([\w ]+)","at":([\d.]+)\}$/gm)].map(([, name, at]) => ({
    name,
    at: Number(at),
  }))
}
