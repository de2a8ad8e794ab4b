// Runs each rule of this folder over its log, under a clock that jumps from line to line, and prints the
// messages that would have been sent.
import { readFileSync } from 'node:fs'
import { createHub, createVirtualClock } from 'alert-core'

const examples = {
  'failed-job': 'A scheduled job failed three times in a row',
  'core-down': 'The core is down for two minutes: then SMS',
  'silent-job': 'No job.ok for 25 hours',
  'failed-payments': '20 different users failed to pay in five minutes',
  'many-errors': 'Three times as many errors as usual',
  'expected-retries': 'Expected retries stay silent unless there are 200 in ten minutes',
}

for (const [name, title] of Object.entries(examples)) {
  const lines = read(`${name}.ndjson`).trim().split('\n')
  console.log(`\n${title} (${name}.json, ${lines.length} lines)`)
  await replay(JSON.parse(read(`${name}.json`)), lines)
}

async function replay(options, lines) {
  const clock = createVirtualClock(JSON.parse(lines[0]).time)
  const hub = createHub(options, {
    clock,
    // In place of every channel's provider: prints the message instead of sending it.
    sender: (channel) => ({
      async send({ subject, reason }) {
        console.log(
          `  ${new Date(clock.now()).toISOString().slice(5, 19)}  ${channel}  ${reason}  ${subject}`,
        )
        return { status: 'delivered' }
      },
    }),
  })
  for (const line of lines) {
    await clock.advanceTo(JSON.parse(line).time)
    hub.write(line)
  }
  // As at the end of a process: counts that grew since the last message are sent.
  await clock.advance(60_000)
  await hub.close()
}

function read(file) {
  return readFileSync(new URL(file, import.meta.url), 'utf8')
}
