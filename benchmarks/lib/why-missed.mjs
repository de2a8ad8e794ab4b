// Why a goal is missed, unless its suite says it with figures of the run: the page shows it below the goals.

const reasons = [
  [
    /^error line.*pino to a file/,
    'The copy of the line into the ring takes about 1 µs, a third of it: see the suite of the way to the worker. The rest was not measured by its parts; the worker reads at the same time on the other core, and both share the machine’s memory.',
  ],
  [
    /^(?:info|error) line, every line crosses/,
    'No call of ours runs on the thread that logs. The worker reads each line on the other of two cores, which the engine’s garbage collector needs as well: compare the rows of a target that only cuts and parses its lines, and of the peers.',
  ],
  [
    /^info line.*winston/,
    'winston passes each record to each transport as to a stream: see the row of a transport that does nothing. What comes on top is a look at the level and the `alert` field of each record.',
  ],
  [
    /^info line.*pino/,
    'Measured without any writing, an info line costs 138 ns more, of which 101 are pino’s own: it sets five fields of a destination that asks for the level and the object of each line, by pino’s metadata symbol, and cuts one text for it. See the row of a wrapper that is given them and does nothing. A `logMethod` hook that leaves a mark takes 25 ns, see its row, but does not see what bindings of children, mixins and formatters add, is missing in a logger that has another one, and may leave the mark of a line that is never written. So it would need the looks of today beside it, and a second place in which each application is changed. A search of the text takes longer the longer the line is.',
  ],
  [
    /^error line.*winston/,
    'The record is written a second time, as a line for the worker: winston’s own line has the format that the application chose, and lacks what distinguishes errors. Making ours out of it is not cheaper: see docs/decisions/0014-winstons-own-line.md.',
  ],
  [
    /^memory.*target/,
    'The records come faster than the worker reads them, as in the suite of the storm: the lines wait in pino’s own buffer, which has no limit. The engine’s nursery grows to its full size as well, because pino starts its worker without a limit for it. A target that only parses its lines has both: see its row.',
  ],
  [
    /^storm.*waits/,
    'The worker needs longer to read a line than pino to write it, so the lines wait in pino’s own buffer, which grows as long as the storm lasts. Every record is counted.',
  ],
  [
    /^storm/,
    'A target that only cuts and parses its lines does not keep up with pino either: see its row. It takes nine tenths of what ours takes. Reading pino’s buffer, which a target that does nothing does too, is a third of ours, because a worker that is behind gets 4 MiB at once; cutting and parsing the lines is half, and finding error, frame, rule and alert the rest. A parser that had learnt the shape of equal lines was faster here, and up to fourteen times slower on the lines of five call sites: it was removed.',
  ],
  [
    /^memory.*(alertStream|AlertTransport)/,
    'The records come faster than another thread reads them. A thread that only parses the lines, and loses those that it is too slow for, grows as far: see its row. It is not the lines that wait: bounds a quarter as large changed nothing. It is garbage that the engine collects late, about as much on each side: in the thread that logs, texts that waited until the engine took them for lasting; in the worker, each value of up to ten characters, here the request id, which `JSON.parse` stores in the old generation. That is swept only after it has grown by tens of MiB. After a full collection the worker holds 8 MiB.',
  ],
  [
    /^memory of one idle hub/,
    'A thread without code takes three quarters of the goal: see that row. Of the rest about two thirds come with reading the code of the hub, most of which the engine needs only while it reads, and one third with opening it.',
  ],
  [
    /^reader against JSON\.parse/,
    'The worst mixes are of short lines and of small errors from a hundred log calls: beside the time of `JSON.parse`, half of it goes into sorting the fields into time, level, ids, error and the rest. The longer the line, the smaller that share: see the other rows.',
  ],
  [
    /^cost of a record, 10,000 alerts/,
    'Each alert keeps its latest record. With 10,000 of them a record outlives one or two collections, which copy it: about a fifth of the time. Most of the rest is waiting for memory: each record looks up its fingerprint, its alert and what may end it, none of which the processor still has in its cache when an alert has its turn. A program that only parses the lines and keeps the latest one of each has one such look-up: see its rows.',
  ],
  [
    /^lines a second and core/,
    'All threads are counted. A line below the threshold takes the worker of a target 0.16 µs beside what a target that does nothing takes. An error line is read, matched and counted in the worker, which takes about as long as the logger takes to write it; what is logged below the threshold costs as in the suite of log calls.',
  ],
  [
    /^start that adopts/,
    'Of the lines about an alert only the latest is parsed, unless a line has several entries. Reading the file and finding these lines is about a tenth of the time: see the row of the least. A third goes into checking each entry that is left, because anything may stand in a file, and half into writing it to the new process’s own file, with all secrets hidden as the present options say. All of this is code that runs for the first time.',
  ],
  [
    /^replay/,
    'Half of the time goes into decoding UTF-8 and splitting the text at its newlines, which was measured alone on the same machine.',
  ],
]

/** A list of what is missed, or nothing. */
export function whyMissed(goals) {
  const missed = goals.filter(({ met }) => met !== 'yes')
  const lines = missed.map(({ what, why }) => {
    const reason = why ?? reasons.find(([pattern]) => pattern.test(what))?.[1] ?? 'Not known yet.'
    return `- **${what}**: ${reason}`
  })
  return lines.length === 0 ? [] : [`Missed goals, and why:\n\n${lines.join('\n')}`]
}
