// The floor of every adapter that reads error lines in a thread of its own: parses each, and forgets it.
import { parentPort, workerData as read } from 'node:worker_threads'

parentPort.on('message', (text) => {
  let start = 0
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
    JSON.parse(text.slice(start, end))
    start = end + 1
  }
  Atomics.add(read, 0, text.length)
})
