// Why a goal is missed, where one is: said on the page beneath the goals.

const reasons = [
  [
    /^info line.*winston/,
    'Of a hundred records one is an error, as in a service. Each turn of the event loop that logs one wakes the worker, which costs about 10 µs whatever else it does; here that is once in a hundred calls.',
  ],
  [
    /^info line.*pino/,
    'Three parts of about the same size, each measured without the others: `multistream`, which passes each line on (the row of a second stream that does nothing); the look into the text of each line for its level and an `alert` field; and the waking of the worker, about 10 µs in each turn of the event loop that logs an error, here once in a hundred calls.',
  ],
  [
    /^error line.*winston/,
    'The record is written once more, as a line for the worker: winston’s own line has the format that the application likes, and what tells errors apart need not be in it.',
  ],
  [
    /^memory.*target/,
    'Of whatever makes many small objects the engine lets the nursery grow to its full size, 32 MiB, and pino’s worker is started without a limit for it: a target that only parses its lines grows as much. Behind `alertStream` and winston the worker is ours, and has a small one.',
  ],
  [
    /^import of the winston door/,
    'A winston transport that does nothing and a worker that does nothing are 0.9× already. The rest is the engine reading the checks of the options with their providers (18 ms on the thread that logs, which has to throw where one is wrong), the first check (7 ms), and the worker reading and opening the hub (16 ms): see docs/decisions/0003-few-files.md.',
  ],
  [
    /^storm.*waits/,
    'Both threads are busy without a pause, and the threads that collect the engine’s garbage need a part of the two cores as well: so the worker falls behind by some percent of what is written, though it spends no more on a line than pino does. It waits in pino’s own buffer, and every record is counted.',
  ],
  [
    /^storm/,
    'The worker takes longer over a line than pino over writing it; what it is behind by waits on pino’s side, and every record is counted.',
  ],
  [
    /^memory.*(alertStream|AlertTransport)/,
    'The worker has a heap of its own. Half-way, before the first message, it has all grown less than the logger alone; with the first request the worker loads the engine’s `fetch`. From run to run it differs by some MiB, between 1.05 and 1.4 of the logger alone.',
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
