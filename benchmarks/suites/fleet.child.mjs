// One process of a fleet: logs what it is asked to, and says what it is and how much CPU time it has used.
import { createHub } from 'alert-core'

const hub = createHub(JSON.parse(process.argv[2]))
const turnMs = 20

const tasks = {
  role: () => hub.stats().fleet?.role ?? 'solo',
  members: () => hub.stats().fleet?.processes ?? 1,
  cpuMs() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1_000
  },
  /** Returns when, on the machine's own clock. */
  log(fields) {
    const line = JSON.stringify({ level: 50, time: Date.now(), ...fields })
    const at = process.hrtime.bigint()
    hub.write(line)
    return `${at}`
  },
  /** So many in each turn, of all kinds in turn. Returns how many. */
  async storm({ ms, kinds, perTurn }) {
    const endAt = performance.now() + ms
    let logged = 0
    while (performance.now() < endAt) {
      for (let n = 0; n < perTurn; n++) tasks.log({ msg: kinds[logged++ % kinds.length], storm: true })
      await new Promise((resolve) => setTimeout(resolve, turnMs))
    }
    return logged
  },
}

process.on('message', async ({ id, task, value }) => process.send({ id, result: await tasks[task](value) }))
process.send({ id: 0 })
