// Why a goal is missed, where one is: said on the page beneath the goals.

const reasons = [
  [
    /^info line.*winston/,
    'Of a hundred records one is an error of its own, as in a service; its stack is read to tell it from others, which makes the engine write it. The row that only reads the stack is the floor of every transport that groups.',
  ],
  [
    /^info line.*pino/,
    'pino passes each line to each stream of `multistream` (the row of a second stream that does nothing), and the gate looks at its level and for an `alert` field.',
  ],
  [
    /^error line.*winston/,
    'To tell one error from another its stack has to be read, and the engine writes a stack when it is first read: bare winston never does. The row that only reads it is the floor; the rest is the line for the worker.',
  ],
  [
    /^memory.*target/,
    'Not known yet: a small nursery, which cured `alertStream` and winston, made no clear difference when pino’s own worker was given one.',
  ],
  [
    /^import of the winston door/,
    'The engine compiles the checks of the options on both threads; zod is most of them.',
  ],
  [
    /^storm/,
    'The worker takes longer over a line than pino over writing it, but not by much: what waits on pino’s side stays below 64 KiB (the column of what it is behind), and every record is counted.',
  ],
  [
    /^memory.*(alertStream|AlertTransport)/,
    'The worker has a heap of its own beside the application’s, and the lines under way to it take room on both sides.',
  ],
  [/^Exit in the tick of the first record/, 'The worker has to start first, and then to tell.'],
]

/** A list of what is missed, or nothing. */
export function whyMissed(goals) {
  const missed = goals.filter(({ met }) => met !== 'yes')
  const lines = missed.map(({ what }) => {
    const reason = reasons.find(([pattern]) => pattern.test(what))?.[1] ?? 'Not known yet.'
    return `- **${what}**: ${reason}`
  })
  return lines.length === 0 ? [] : [`What is missed, and why:\n\n${lines.join('\n')}`]
}
