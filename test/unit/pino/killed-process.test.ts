import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertEvent } from 'alert-core'
import { expect, it, onTestFinished } from 'vitest'
import { alertStream } from '#pino/alert-stream.ts'

/** A channel that says in which process it is. */
const source = (place: string) => `
  import { writeFileSync } from 'node:fs'
  const send = async () => {
    writeFileSync(${JSON.stringify(place)}, String(process.pid))
    return { status: 'delivered' }
  }
  export default { options: { safeParse: (data) => ({ success: true, data }) }, limits: {}, open: () => ({ send }) }
`

const problem = (number: number) => `{"level":50,"time":1,"msg":"problem","number":${number}}\n`

it.skipIf(process.platform === 'win32')(
  'lines that a killed process may not have read are counted, and reported with its end',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'alert-killed-'))
    const [module, place] = [join(directory, 'channel.mjs'), join(directory, 'pid')]
    await writeFile(module, source(place))
    const channels = { own: { type: 'module', module, wait: 0, interval: 0 } }
    const stream = alertStream({ runIn: 'process', closeTimeout: '5s', channels } as never)
    onTestFinished(async () => {
      await stream.close()
      await rm(directory, { recursive: true })
    })
    const errors: AlertEvent[] = []
    const lost = new Promise<void>((resolve) => {
      stream.on('alert', (event) => {
        if (event.type === 'error' && errors.push(event) > 0) resolve()
      })
    })
    stream.write(problem(1))
    await stream.flush()
    const pid = Number(await readFile(place, 'utf8'))
    process.kill(pid, 'SIGSTOP')
    for (const number of [2, 3, 4]) stream.write(problem(number))
    process.kill(pid, 'SIGKILL')
    await lost
    expect(errors).toEqual([
      expect.objectContaining({
        code: 'ALERT_WORKER_LOST',
        message:
          'The alerting worker has ended (it ended with SIGKILL), and 3 lines with it may be lost: another takes its place.',
      }),
    ])
    expect((await stream.stats()).failures).toMatchObject({ lost: 3 })
  },
)
