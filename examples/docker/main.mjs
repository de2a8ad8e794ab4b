// What happens around the container: the file of the ConfigMap, customers, and the signal at the end.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { createInterface } from 'node:readline'

const service = spawn(process.execPath, ['service.mjs'], {
  env: { ...process.env, ALERT_CONFIG: './alerts.yaml' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const lines = createInterface(service.stdout)
lines.on('line', (line) => console.log(line))
const port = await listening()

// Twenty customers try to pay, one asks for an unknown order: one problem, one message.
for (let id = 1001; id <= 1020; id += 1) await visit(id)
await visit('none')
service.kill('SIGTERM')
await once(service, 'exit')

async function listening() {
  for await (const [line] of on(lines, 'line')) {
    const found = /^listening on (\d+)$/.exec(line)
    if (found) return found[1]
  }
}

function visit(id) {
  return fetch(`http://127.0.0.1:${port}/orders/${id}/pay`)
}
