/**
 * What passes between a process and its hub's process: the logger's own lines as they are, and beside them lines that begin with a mark and
 * hold a message of ours. No line of a logger begins with it: it is no JSON.
 */

const mark = '\u0001'

/** A message as a line. */
export function toFrame(message: object): string {
  return `${mark}${JSON.stringify(message)}\n`
}

/** The message of a line; `undefined` where it is a logger's. */
export function fromFrame<Message>(line: string): Message | undefined {
  if (!line.startsWith(mark)) return undefined
  try {
    return JSON.parse(line.slice(mark.length)) as Message
  } catch {
    // Torn off by the end of who wrote it.
    return undefined
  }
}
